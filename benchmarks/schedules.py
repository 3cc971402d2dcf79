"""Occurrences of schedules a second, of each kind, around two time changes and on days without one."""

from __future__ import annotations

import json
from functools import partial

from measuring import PACC, Subject, empty_home, middle, numbers, options, run_script, show

KINDS: dict[str, dict[str, object]] = {
    "cron, every minute": {"cron": "* * * * *"},
    "cron, on working days": {"cron": "0 9 * * MON-FRI"},
    "interval of 10 minutes": {"interval": 600.0, "anchor_date": "2026-01-01T00:00:00+00:00"},
    "interval of a day": {"interval": 86_400.0, "anchor_date": "2026-01-01T09:00:00+00:00"},
    "rule, every minute": {"rrule": "DTSTART:20251231T000000\nRRULE:FREQ=MINUTELY"},
    "rule, on working days": {"rrule": "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9"},
}

PACC_SCRIPT = """

from pacc.orchestration.occurrences import occurrences
from pacc.schemas.schedules import schedule_from_json

schedule = schedule_from_json(held)
list(occurrences(schedule, start, limit=1))
began = time.perf_counter()
found = list(occurrences(schedule, start, limit=count))
"""

PEER_SCRIPT = """
import asyncio
from prefect.server.schemas import schedules

kind = {"cron": "CronSchedule", "rrule": "RRuleSchedule"}.get(next(iter(held)), "IntervalSchedule")
schedule = getattr(schedules, kind)(**held)
found = asyncio.run(schedule.get_dates(1, start=start))
began = time.perf_counter()
found = asyncio.run(schedule.get_dates(count, start=start))
"""

AROUND = """
import json, sys, time
from datetime import datetime, timezone

count, held = int(sys.argv[1]), json.loads(sys.argv[2])
start = datetime(2026, 1, 1, tzinfo=timezone.utc)
{script}
seconds = time.perf_counter() - began
assert all(one < other for one, other in zip(found, found[1:]))
print(json.dumps({{"seconds": seconds, "count": len(found)}}))
"""


def rate(subject: Subject, count: int, kind: str) -> float:
    """Return occurrences a second, having checked that they rise and are as many as were asked for."""
    held = json.dumps(KINDS[kind] | {"timezone": "Europe/Berlin"})
    script = AROUND.format(script=PACC_SCRIPT if subject is PACC else PEER_SCRIPT)
    with empty_home() as home:
        found = numbers(run_script(subject, script, home, str(count), held))
    if found["count"] < count:
        raise SystemExit(f"{kind}: {found['count']} occurrences instead of {count}")
    return found["count"] / found["seconds"]


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", times=10_000, peer_times=500)
    for kind in KINDS:
        other = rate(asked.peer, asked.peer_times, kind) if asked.peer else None
        show(kind, middle(partial(rate, PACC, asked.times, kind), asked.rounds), "/s", peer_value=other)


if __name__ == "__main__":
    main()
