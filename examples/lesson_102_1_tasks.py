"""Lesson 102: a pipeline of tasks. Each task run is recorded by itself, with what it was given by the other."""

from __future__ import annotations

from pathlib import Path

from pacc import flow, task
from weather_service import forecast, weather_service


@task
def fetch_temperature(address: str, latitude: float, longitude: float) -> float:
    """Return the temperature of the forecast's first hour."""
    answer = forecast(address, latitude=latitude, longitude=longitude, hourly="temperature_2m")
    return float(answer["hourly"]["temperature_2m"][0])


@task
def save_temperature(temperature: float) -> str:
    """Write the temperature to `weather.csv`."""
    Path("weather.csv").write_text(f"{temperature}\n")
    return "Saved the temperature"


@flow
def pipeline(address: str, latitude: float = 38.9, longitude: float = -77.0) -> str:
    """Fetch, then save."""
    temperature = fetch_temperature(address, latitude, longitude)
    return save_temperature(temperature)


if __name__ == "__main__":
    with weather_service() as address:
        print(pipeline(address))
