"""What the dashboard shows, one module a screen."""
