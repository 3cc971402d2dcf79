"""Lesson 102: a flow that meets a service with moods, and tries again until it is served."""

from __future__ import annotations

import sys
from urllib.request import urlopen

from pacc import flow
from weather_service import weather_service


@flow(retries=4, log_prints=True)
def fetch_random_code(address: str) -> int:
    """Fetch an answer that is 200 or 500 by chance; an answer of 500 raises."""
    with urlopen(f"{address}/random/200,500", timeout=10) as answer:
        print(f"Answered {answer.status}")
        return int(answer.status)


if __name__ == "__main__":
    with weather_service(*sys.argv[1:2]) as address:
        fetch_random_code(address)
