"""Locks by which calls with the same cache key wait for each other: within a process, a machine, or a store."""
