"""The older spelling, by tags: `pacc.concurrency.v1.sync` and `pacc.concurrency.v1.asyncio`."""
