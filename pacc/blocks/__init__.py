"""Blocks: configuration, credentials and connections, saved under names and loaded by code, with their secrets encrypted."""
