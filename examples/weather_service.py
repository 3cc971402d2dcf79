"""A weather service on loopback, so that the examples need no internet and answer the same every time.

It speaks the dialect of Open-Meteo: `/v1/forecast?latitude=..&longitude=..&hourly=temperature_2m,rain` returns a
week of hourly values, made up from the coordinates alone. Two doors let things go wrong on purpose: a service
made with `failures=2` answers its first two forecasts with 503, and `/random/200,500` answers with one of the
codes it is given.

Run it by itself with `python examples/weather_service.py --port 8750`, or from a script:

    with weather_service() as address:
        forecast(address, latitude=38.9, longitude=-77.0)
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS = 7
HOURS = 24


class BadRequest(Exception):
    """What the caller asked for makes no sense; the text says why."""


# ------------------------------------------------------------------------------------------- weather


def temperature(latitude: float, longitude: float, hour: int) -> float:
    """Degrees Celsius: colder towards the poles, warmest in the early afternoon of the place."""
    noon = math.cos((hour + longitude / 15 - 14) / HOURS * math.tau)
    return round(30 - abs(latitude) * 0.5 + 6 * noon + hour // HOURS * 0.3, 1)


def rain(latitude: float, longitude: float, hour: int) -> float:
    """Millimetres in the hour; more than half of all hours are dry."""
    return round(max(0.0, 2.5 * math.sin(latitude + longitude + hour / 5) - 0.5), 1)


def wind_speed(latitude: float, longitude: float, hour: int) -> float:
    """Kilometres an hour, ten metres above the ground."""
    return round(12 + 8 * math.sin(latitude * 0.7 - longitude * 0.3 + hour / 9), 1)


def humidity(latitude: float, longitude: float, hour: int) -> float:
    """Percent, two metres above the ground."""
    return float(round(60 + 25 * math.sin(longitude + latitude * 0.2 - hour / 7)))


def cloud_cover(latitude: float, longitude: float, hour: int) -> float:
    """Percent of the sky."""
    return float(round(50 + 50 * math.sin(latitude + longitude + hour / 5)))


VARIABLES = {
    "temperature_2m": ("°C", temperature),
    "relative_humidity_2m": ("%", humidity),
    "rain": ("mm", rain),
    "precipitation": ("mm", rain),
    "cloudcover": ("%", cloud_cover),
    "windspeed_10m": ("km/h", wind_speed),
    "wind_speed_10m": ("km/h", wind_speed),
}


def number(query: dict[str, list[str]], name: str, limit: float) -> float:
    """Return the coordinate called `name`, between minus and plus `limit` degrees."""
    try:
        value = float(query[name][0])
    except (KeyError, ValueError):
        raise BadRequest(f"Parameter '{name}' is required and must be a number.") from None
    if not abs(value) <= limit:
        raise BadRequest(f"{name.capitalize()} must be in range of -{limit:g} to {limit:g}°. Given: {value}.")
    return value


def hourly_variables(query: dict[str, list[str]]) -> list[str]:
    """Return the variables asked for, whether given once with commas or several times."""
    asked = [name for part in query.get("hourly", []) for name in part.split(",") if name]
    for name in asked:
        if name not in VARIABLES:
            raise BadRequest(f"Cannot find the hourly variable '{name}'.")
    return asked


def make_forecast(query: dict[str, list[str]]) -> dict[str, Any]:
    """Return a forecast in the shape of Open-Meteo's answer."""
    latitude, longitude = number(query, "latitude", 90), number(query, "longitude", 180)
    variables = hourly_variables(query)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    hours = range(DAYS * HOURS)
    hourly: dict[str, list[Any]] = {
        "time": [(midnight + timedelta(hours=hour)).isoformat(timespec="minutes") for hour in hours]
    }
    for name in variables:
        hourly[name] = [VARIABLES[name][1](latitude, longitude, hour) for hour in hours]
    return {
        "latitude": latitude,
        "longitude": longitude,
        "utc_offset_seconds": 0,
        "timezone": "GMT",
        "timezone_abbreviation": "GMT",
        "elevation": 23.0,
        "hourly_units": {"time": "iso8601"} | {name: VARIABLES[name][0] for name in variables},
        "hourly": hourly,
    }


# ------------------------------------------------------------------------------------------- service


class WeatherServer(ThreadingHTTPServer):
    """The listening side: knows how many forecasts it still has to spoil."""

    daemon_threads = True

    def __init__(self, port: int = 0, failures: int = 0, seed: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.failures = failures
        self.chance = random.Random(seed)
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        """Where it listens, as the beginning of a URL."""
        return f"http://127.0.0.1:{self.server_port}"

    def fails_now(self) -> bool:
        """Say whether this request is one of those to spoil, and count it."""
        with self.lock:
            self.failures -= 1
            return self.failures >= 0


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: WeatherServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a forecast, a random code, or say what is wrong."""
        parts = urlsplit(self.path)
        try:
            if parts.path.startswith("/random/"):
                self.answer_random(parts.path.removeprefix("/random/"))
            elif parts.path.rstrip("/") == "/v1/forecast":
                self.answer_forecast(parse_qs(parts.query))
            else:
                self.answer(HTTPStatus.NOT_FOUND, {"error": True, "reason": "Not Found"})
        except BadRequest as problem:
            self.answer(HTTPStatus.BAD_REQUEST, {"error": True, "reason": str(problem)})

    def answer_forecast(self, query: dict[str, list[str]]) -> None:
        """Answer a forecast, unless this one is to fail."""
        if self.server.fails_now():
            self.answer(HTTPStatus.SERVICE_UNAVAILABLE, {"error": True, "reason": "Try again."})
        else:
            self.answer(HTTPStatus.OK, make_forecast(query))

    def answer_random(self, codes: str) -> None:
        """Answer with one of the codes in the path, each as likely as the others."""
        try:
            status = HTTPStatus(int(self.server.chance.choice(codes.split(","))))
        except ValueError:
            raise BadRequest(f"'{codes}' is not a list of status codes.") from None
        self.answer(status, {"status": f"{status.value} {status.phrase}"})

    def answer(self, status: HTTPStatus, content: dict[str, Any]) -> None:
        """Send `content` as JSON."""
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the examples' own output is what matters."""


@contextmanager
def weather_service(address: str | None = None, *, failures: int = 0, seed: int = 0) -> Iterator[str]:
    """Yield the address of a weather service: the one given, else `$WEATHER_ADDRESS`, else one of our own.

    Args:
        address: Where a service listens already; nothing is started then.
        failures: How many forecasts our own service answers with 503 before it recovers.
        seed: Where the sequence behind `/random/...` begins.
    """
    known = address or os.environ.get("WEATHER_ADDRESS")
    if known:
        yield known
        return
    with WeatherServer(failures=failures, seed=seed) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server.address
        finally:
            server.shutdown()


def forecast(address: str, **query: object) -> dict[str, Any]:
    """Ask the service for a forecast and return its answer; an answer of 400 and above raises `HTTPError`."""
    with urlopen(f"{address}/v1/forecast?{urlencode(query)}", timeout=10) as answer:
        content: dict[str, Any] = json.load(answer)
        return content


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Serve made-up weather on loopback.")
    parser.add_argument("--port", type=int, default=0, help="where to listen; 0 picks a free port")
    parser.add_argument("--failures", type=int, default=0, help="how many forecasts fail before it recovers")
    arguments = parser.parse_args()
    with WeatherServer(arguments.port, arguments.failures) as server:
        print(f"export WEATHER_ADDRESS={server.address}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
