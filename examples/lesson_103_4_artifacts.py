"""Lesson 103: artifacts, what a run makes for people to look at. `pacc artifact inspect weather-report` shows the last one."""

from __future__ import annotations

import sys

from pacc import flow, task
from pacc.artifacts import (
    Artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from weather_service import forecast, weather_service

PLACES = {"Washington": (38.9, -77.0), "Reykjavik": (64.1, -21.9)}


@task
def fetch(address: str, latitude: float, longitude: float) -> float:
    """Return the temperature of the forecast's first hour, in degrees Celsius."""
    answer = forecast(address, latitude=latitude, longitude=longitude, hourly="temperature_2m")
    return float(answer["hourly"]["temperature_2m"][0])


@task
def report(temperatures: dict[str, float]) -> None:
    """Write the same as a text, as a table and as a link to where it comes from."""
    rows = "\n".join(f"| {place} | {degrees} |" for place, degrees in temperatures.items())
    create_markdown_artifact(
        key="weather-report",
        markdown=f"# Weather Report\n\n| Place | Temperature |\n|:--|--:|\n{rows}\n",
        description="Very scientific weather report",
    )
    create_table_artifact(
        key="temperatures",
        table=[{"place": place, "degrees": degrees} for place, degrees in temperatures.items()],
    )
    create_link_artifact(key="source", link="https://open-meteo.com", link_text="Open-Meteo")


@flow(log_prints=True)
def weather_report(address: str) -> None:
    """Fetch place by place, showing how far it is, then report."""
    progress = create_progress_artifact(0, key="places-fetched")
    temperatures: dict[str, float] = {}
    for place, (latitude, longitude) in PLACES.items():
        temperatures[place] = fetch(address, latitude, longitude)
        update_progress_artifact(progress, 100 * len(temperatures) / len(PLACES))
    report(temperatures)
    print("Progress:", Artifact.get("places-fetched").data, "percent")


if __name__ == "__main__":
    with weather_service(*sys.argv[1:2]) as address:
        weather_report(address)
