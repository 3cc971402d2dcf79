"""Lesson 106: the weather of several places at the same time, in threads; a failure that is looked at; sums in processes.

What is submitted comes back as a future at once. The pauses stand for an internet that takes its time.
"""

from __future__ import annotations

import time

from pacc import allow_failure, flow, task, unmapped
from pacc.futures import as_completed
from pacc.task_runners import ProcessPoolTaskRunner, ThreadPoolTaskRunner
from weather_service import forecast, weather_service

PLACES = {
    "Washington": (38.9, -77.0),
    "Kiel": (54.3, 10.1),
    "Quito": (-0.2, -78.5),
    "Nowhere": (999.0, 999.0),
}


@task(task_run_name="fetch-{place}")
def fetch_temperature(address: str, place: str) -> float:
    """Return the temperature of the forecast's first hour."""
    latitude, longitude = PLACES[place]
    time.sleep(0.3)
    answer = forecast(address, latitude=latitude, longitude=longitude, hourly="temperature_2m")
    return float(answer["hourly"]["temperature_2m"][0])


@task
def warmest(temperatures: dict[str, float]) -> str:
    """Return the place with the highest temperature."""
    return max(temperatures, key=lambda place: temperatures[place])


@task
def describe(measured: object) -> str:
    """Say what came of a measurement, be it an error."""
    return (
        f"no forecast ({type(measured).__name__})"
        if isinstance(measured, Exception)
        else f"{measured} degrees"
    )


@flow(log_prints=True, task_runner=ThreadPoolTaskRunner(max_workers=4))
def compare(address: str) -> str:
    """Fetch three forecasts at once; the futures go on to the next task as they are, inside a dictionary."""
    began = time.monotonic()
    futures = {place: fetch_temperature.submit(address, place) for place in ("Washington", "Kiel", "Quito")}
    for future in as_completed(futures.values()):
        print(f"{future.name} is done")
    winner: str = warmest.submit(futures).result()
    print(f"{winner} is warmest, found out in {time.monotonic() - began:.1f} s, not in 0.9 s")
    return winner


@flow(log_prints=True)
def describe_all(address: str) -> list[str]:
    """Fetch all forecasts, one of which there is not; `allow_failure` looks at the failure."""
    measured = fetch_temperature.map(unmapped(address), PLACES)
    texts: list[str] = describe.map(allow_failure(measured)).result()
    for place, text in zip(PLACES, texts, strict=True):
        print(f"{place}: {text}")
    return texts


@task
def count_primes(start: int, stop: int) -> int:
    """Keep a processor busy."""
    return sum(
        all(number % divisor for divisor in range(2, int(number**0.5) + 1)) for number in range(start, stop)
    )


@flow(log_prints=True, task_runner=ProcessPoolTaskRunner(max_workers=2))
def primes() -> int:
    """Count in two processes, which do not share one lock as threads do."""
    total = sum(count_primes.map([2, 5_000], [5_000, 10_000]).result())
    print(f"{total} primes below 10,000")
    return total


if __name__ == "__main__":
    with weather_service() as address:
        compare(address)
        describe_all(address)
    primes()
