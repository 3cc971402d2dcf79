"""Names that people can say: `noisy-raccoon` for a run nobody named."""

from __future__ import annotations


def run_name() -> str:
    """Return a two-word adjective-animal name such as `noisy-raccoon`."""
    from coolname import generate_slug  # start-up: its word lists cost 20 ms, and named runs need none

    return str(generate_slug(2))
