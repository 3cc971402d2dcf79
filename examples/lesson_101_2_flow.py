"""Lesson 101: one decorator turns the function into a flow, and its call into a recorded run.

Afterwards `pacc flow-run ls` shows the run, and `pacc flow-run inspect @last` its parameters and states.
"""

from __future__ import annotations

from pacc import flow
from weather_service import forecast, weather_service


@flow
def fetch_temperature(address: str, latitude: float = 38.9, longitude: float = -77.0) -> float:
    """Return the temperature of the forecast's first hour."""
    answer = forecast(address, latitude=latitude, longitude=longitude, hourly="temperature_2m")
    temperature = float(answer["hourly"]["temperature_2m"][0])
    print(f"Temperature: {temperature} degrees Celsius")
    return temperature


if __name__ == "__main__":
    with weather_service() as address:
        fetch_temperature(address)
