"""Lesson 102: tasks that wait before they try again: the same pause, one after another, growing, or on condition."""

from __future__ import annotations

from typing import Any
from urllib.error import HTTPError

from pacc import flow, task
from pacc.tasks import exponential_backoff
from weather_service import forecast, weather_service

PLACE = {"latitude": 38.9, "longitude": -77.0, "hourly": "temperature_2m"}


def temperature(address: str) -> float:
    """Return the temperature of the forecast's first hour."""
    return float(forecast(address, **PLACE)["hourly"]["temperature_2m"][0])


def is_worth_trying(task: Any, run: Any, state: Any) -> bool:
    """Retry what the service may get over (5xx), not what we did wrong (4xx)."""
    try:
        state.result()
    except HTTPError as problem:
        return problem.code >= 500
    except Exception:  # noqa: BLE001 - any other failure is worth another try
        return True
    return False


same_pause = task(retries=2, retry_delay_seconds=0.2)(temperature)
one_after_another = task(retries=2, retry_delay_seconds=[0.3, 0.1])(temperature)
growing = task(
    retries=3, retry_delay_seconds=exponential_backoff(backoff_factor=0.1), retry_jitter_factor=0.5
)(temperature)
on_condition = task(retries=3, retry_delay_seconds=0.1, retry_condition_fn=is_worth_trying)(temperature)


@flow
def patient(address: str, kind: str) -> float:
    """Fetch with one of the four kinds of patience."""
    kinds = {"same": same_pause, "list": one_after_another, "growing": growing, "condition": on_condition}
    return kinds[kind](address)


if __name__ == "__main__":
    for kind in ("same", "list", "growing", "condition"):
        with weather_service(failures=2) as address:
            print(f"{kind}: {patient(address, kind)} degrees Celsius")
