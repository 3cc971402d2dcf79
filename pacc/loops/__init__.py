"""Housekeeping that any long-lived process may do: one tick function each, and the thread that calls them."""
