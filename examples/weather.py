"""Fetch a forecast over HTTP and save it: two tasks in one flow.

`python examples/weather.py` starts a weather service of its own; `python examples/weather.py ADDRESS` uses the
one at ADDRESS. The forecast is written to `weather.csv` in the current folder.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from pacc import flow, task
from weather_service import forecast, weather_service


@task(retries=2, retry_delay_seconds=[1, 2])
def fetch_weather(address: str, latitude: float, longitude: float) -> float:
    """Return the temperature of the forecast's first hour, in degrees Celsius."""
    answer = forecast(address, latitude=latitude, longitude=longitude, hourly="temperature_2m")
    temperature = float(answer["hourly"]["temperature_2m"][0])
    print(f"Forecast: {temperature} degrees Celsius")
    return temperature


@task
def save_weather(temperature: float, path: str) -> str:
    """Write the temperature to a file and say so."""
    with Path(path).open("w", newline="") as file:
        csv.writer(file).writerows([["temperature_2m"], [temperature]])
    return f"Saved the forecast to {path}"


@flow(log_prints=True)
def pipeline(address: str, latitude: float = 38.9, longitude: float = -77.0) -> str:
    """Fetch, then save."""
    temperature = fetch_weather(address, latitude, longitude)
    message = save_weather(temperature, "weather.csv")
    print(message)
    return message


if __name__ == "__main__":
    with weather_service(*sys.argv[1:2]) as address:
        pipeline(address)
