"""Lab 101: the wind of the last hour, as a flow with the place as its parameters."""

from __future__ import annotations

from pacc import flow
from weather_service import forecast, weather_service


@flow(log_prints=True)
def fetch_wind(address: str, latitude: float = 11.0, longitude: float = 12.0) -> float:
    """Return the wind speed in kilometres an hour."""
    answer = forecast(address, latitude=latitude, longitude=longitude, hourly="windspeed_10m")
    speed = float(answer["hourly"]["windspeed_10m"][0])
    print(f"Wind: {speed} km/h")
    return speed


if __name__ == "__main__":
    with weather_service() as address:
        fetch_wind(address)
        fetch_wind(address, latitude=54.3, longitude=10.1)
