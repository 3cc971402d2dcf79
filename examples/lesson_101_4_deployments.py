"""A flow served: a deployment with a schedule and parameters, and a run of it that somebody starts.

The program serves once and ends. Without `run_once=True` it would serve until Ctrl-C, and start a run every morning at 9.
"""

from __future__ import annotations

from pacc import flow, serve
from pacc.deployments import run_deployment
from weather_service import forecast, weather_service


@flow(log_prints=True)
def fetch_weather(lat: float = 38.9, lon: float = -77.0) -> float:
    """Return the temperature of the forecast's first hour, in degrees Celsius."""
    with weather_service() as address:
        answer = forecast(address, latitude=lat, longitude=lon, hourly="temperature_2m")
    temperature = float(answer["hourly"]["temperature_2m"][0])
    print(f"Forecast: {temperature} degrees Celsius at {lat}, {lon}")
    return temperature


if __name__ == "__main__":
    deployment = fetch_weather.to_deployment(
        "deploy-scheduled", cron="0 9 * * MON-FRI", parameters={"lat": 11, "lon": 12}, tags=["course"]
    )
    deployment.apply()
    # What `pacc deployment run fetch-weather/deploy-scheduled --param lat=54.3` does:
    run = run_deployment("fetch-weather/deploy-scheduled", parameters={"lat": 54.3}, timeout=0)
    serve(deployment, run_once=True)
    print(f"The run {run.name} was given {run.parameters}")
