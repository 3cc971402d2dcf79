"""Aids for testing flows: a store for each test, a clock that moves when told to, a plugin for pytest."""
