"""Lesson 101: parameters have defaults, are overridden by the caller, and are coerced to their type hints.

The second call passes text where numbers are meant and works; the third passes no number at all, and its run
fails before the function starts, naming the parameter.
"""

from __future__ import annotations

from pacc import flow
from pacc.exceptions import ParameterTypeError
from weather_service import forecast, weather_service


@flow(name="forecast-for-a-place", flow_run_name="at-{latitude}-{longitude}", timeout_seconds=30)
def fetch_temperature(address: str, latitude: float = 38.9, longitude: float = -77.0) -> float:
    """Return the temperature of the forecast's first hour."""
    answer = forecast(address, latitude=latitude, longitude=longitude, hourly="temperature_2m")
    return float(answer["hourly"]["temperature_2m"][0])


if __name__ == "__main__":
    with weather_service() as address:
        print("Washington:", fetch_temperature(address))
        print("Reykjavik:", fetch_temperature(address, "64.1", "-21.9"))  # type: ignore[arg-type]
        try:
            fetch_temperature(address, latitude="north")  # type: ignore[arg-type]
        except ParameterTypeError as problem:
            print("North:", problem)
