"""One module for each kind of page that is read off the code."""
