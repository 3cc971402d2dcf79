"""Runs started by others: a supervisor for each, and the runner that starts them when they are due."""
