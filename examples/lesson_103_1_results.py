"""Lesson 103: results are kept when a task says so, and anyone who knows the run can ask for them later."""

from __future__ import annotations

from pacc import flow, task
from weather_service import forecast, weather_service

PLACE = {"latitude": 38.9, "longitude": -77.0, "hourly": "temperature_2m"}


@task(persist_result=True)
def fetch_weather(address: str) -> float:
    """Return the temperature of the forecast's first hour."""
    return float(forecast(address, **PLACE)["hourly"]["temperature_2m"][0])


@task(result_serializer="json", result_storage_key="report-{parameters[day]}.json")
def report(day: str, temperature: float) -> dict[str, float | str]:
    """Keep a report that other programs can read, under a name of its own."""
    return {"day": day, "temperature": temperature}


@flow(log_prints=True)
def weather(address: str) -> None:
    """Fetch, report, and show where the results are."""
    state = report("monday", fetch_weather(address), return_state=True)
    print("The report is", state.result())


if __name__ == "__main__":
    with weather_service() as address:
        weather(address)
