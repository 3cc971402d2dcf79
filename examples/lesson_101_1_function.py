"""Lesson 101, where it starts: a plain function that fetches a forecast. Nothing of pacc in it yet."""

from __future__ import annotations

from weather_service import forecast, weather_service


def fetch_temperature(address: str, latitude: float = 38.9, longitude: float = -77.0) -> float:
    """Return the temperature of the forecast's first hour."""
    answer = forecast(address, latitude=latitude, longitude=longitude, hourly="temperature_2m")
    temperature = float(answer["hourly"]["temperature_2m"][0])
    print(f"Temperature: {temperature} degrees Celsius")
    return temperature


if __name__ == "__main__":
    with weather_service() as address:
        fetch_temperature(address)
