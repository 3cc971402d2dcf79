"""Lab 102: two tasks that pass data, retries after a forced failure, and the name of the flow run in the log."""

from __future__ import annotations

from pathlib import Path

from pacc import flow, get_run_logger, runtime, task
from weather_service import forecast, weather_service


@task(retries=2, retry_delay_seconds=0.5)
def fetch_rain(address: str, latitude: float, longitude: float) -> float:
    """Return the millimetres of rain that are forecast for the next day."""
    answer = forecast(address, latitude=latitude, longitude=longitude, hourly="rain")
    return float(round(sum(answer["hourly"]["rain"][:24]), 1))


@task
def save_rain(millimetres: float) -> Path:
    """Write the sum to `rain.csv`."""
    path = Path("rain.csv")
    path.write_text(f"rain\n{millimetres}\n")
    return path


@flow
def rain_pipeline(address: str, latitude: float = 38.9, longitude: float = -77.0) -> float:
    """Fetch, save, and sign with the run's name."""
    logger = get_run_logger()
    millimetres = fetch_rain(address, latitude, longitude)
    path = save_rain(millimetres)
    logger.info("%s wrote %s mm to %s", runtime.flow_run.name, millimetres, path)
    return millimetres


if __name__ == "__main__":
    with weather_service(failures=1) as address:
        rain_pipeline(address)
