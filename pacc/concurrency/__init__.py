"""Limits on how much goes on at once, for code of both colours: `pacc.concurrency.sync` and `pacc.concurrency.asyncio`."""
