"""Lesson 102, a step further: flows call flows. Each call is a run of its own, with the caller as its parent."""

from __future__ import annotations

from statistics import mean

from pacc import flow, task
from weather_service import forecast, weather_service


@task(task_run_name="fetch-{place}")
def fetch_temperatures(address: str, place: str, latitude: float, longitude: float) -> list[float]:
    """Return a week of hourly temperatures."""
    answer = forecast(address, latitude=latitude, longitude=longitude, hourly="temperature_2m")
    return [float(value) for value in answer["hourly"]["temperature_2m"]]


@flow(flow_run_name="summary-of-{place}")
def summarise(address: str, place: str, latitude: float, longitude: float) -> float:
    """Return a place's mean temperature."""
    return round(mean(fetch_temperatures(address, place, latitude, longitude)), 1)


@flow(log_prints=True)
def compare(address: str) -> str:
    """Name the warmer of two places."""
    means = {
        "Washington": summarise(address, "Washington", 38.9, -77.0),
        "Kiel": summarise(address, "Kiel", 54.3, 10.1),
    }
    warmer = max(means, key=lambda place: means[place])
    print(f"{warmer} is warmer: {means}")
    return warmer


if __name__ == "__main__":
    with weather_service() as address:
        compare(address)
