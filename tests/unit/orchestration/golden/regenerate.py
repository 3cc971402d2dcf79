"""Write `time_changes.json` anew: what schedules do at time changes, in zones chosen for their oddities.

Run it after a deliberate change, and read the difference: each line of it is a run somebody will get or not get.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pacc.orchestration.occurrences import occurrences
from pacc.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule, schedule_as_json

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

ZONES = {
    "Africa/Cairo": 2025,  # at midnight, forward
    "Africa/Casablanca": 2026,  # back for Ramadan
    "America/Caracas": 2016,  # half an hour, once
    "America/Havana": 2025,  # forward at midnight
    "America/New_York": 2025,
    "America/Nuuk": 2024,  # on the evening before
    "America/Santiago": 2025,  # southern, at midnight
    "America/Sao_Paulo": 2018,  # southern, no more
    "America/St_Johns": 2025,  # half-hour zone
    "Antarctica/Troll": 2025,  # two hours
    "Asia/Beirut": 2024,  # forward at midnight
    "Asia/Kathmandu": 2025,  # three quarters, no change
    "Asia/Kolkata": 2025,  # half-hour zone, no change
    "Asia/Pyongyang": 2018,  # half an hour, shortly before midnight
    "Asia/Tehran": 2022,  # half-hour zone, the last change
    "Australia/Adelaide": 2025,  # half-hour zone, southern
    "Australia/Lord_Howe": 2025,  # half an hour
    "Europe/Berlin": 2025,
    "Europe/Dublin": 2025,  # winter is the exception
    "Europe/Istanbul": 2016,  # stayed on summer time
    "Pacific/Apia": 2011,  # a day that never was
    "Pacific/Chatham": 2025,  # three quarters
}


def changes(zone: ZoneInfo, year: int) -> list[datetime]:
    """Return the moments of a year at which a zone's offset changes; the new year of one where none does."""
    hours = [datetime(year, 1, 1, tzinfo=UTC) + n * HOUR / 2 for n in range(2 * 24 * 366)]
    offsets = [each.astimezone(zone).utcoffset() for each in hours]
    return [hours[n] for n in range(1, len(hours)) if offsets[n] != offsets[n - 1]] or hours[:1]


def cases(
    name: str, change: datetime
) -> list[tuple[str, CronSchedule | IntervalSchedule | RRuleSchedule, timedelta]]:
    """Return schedules that have something to do at a change, and for how long around it to look."""
    zone = ZoneInfo(name)
    before, after = (
        (change + delta).astimezone(zone).replace(tzinfo=None) for delta in (-timedelta(minutes=1), 0 * DAY)
    )
    odd = min(before + timedelta(minutes=1), after) + timedelta(minutes=15)
    anchor = (odd - 10 * DAY).replace(tzinfo=zone)
    began = f"DTSTART:{change.year - 1}0101T000000\nRRULE:"
    at = f"BYHOUR={odd.hour};BYMINUTE={odd.minute};BYSECOND=0"
    return [
        ("every hour", CronSchedule(cron="0 * * * *", timezone=name), 3 * HOUR),
        ("every 20 minutes", CronSchedule(cron="*/20 * * * *", timezone=name), 2 * HOUR),
        ("daily, within the change", CronSchedule(cron=f"{odd.minute} {odd.hour} * * *", timezone=name), 2 * DAY),
        ("every two hours", CronSchedule(cron="0 */2 * * *", timezone=name), 5 * HOUR),
        ("interval of an hour", IntervalSchedule(interval=HOUR, anchor_date=anchor, timezone=name), 3 * HOUR),
        ("interval of a day", IntervalSchedule(interval=DAY, anchor_date=anchor, timezone=name), 2 * DAY),
        ("interval of 36 hours", IntervalSchedule(interval=36 * HOUR, anchor_date=anchor, timezone=name), 3 * DAY),
        ("rule, daily within the change", RRuleSchedule(rrule=f"{began}FREQ=DAILY;{at}", timezone=name), 2 * DAY),
        ("rule, hourly", RRuleSchedule(rrule=f"{began}FREQ=HOURLY", timezone=name), 3 * HOUR),
        ("rule, every half hour of every day", RRuleSchedule(rrule=f"{began}FREQ=MINUTELY;INTERVAL=30;BYDAY=MO,TU,WE,TH,FR,SA,SU", timezone=name), 2 * HOUR),
    ]  # fmt: skip


def written() -> list[dict[str, object]]:
    """Return every case with what comes of it, in the zone's own time."""
    found = []
    for name, year in ZONES.items():
        zone = ZoneInfo(name)
        for change in changes(zone, year)[-2:]:
            for what, schedule, around in cases(name, change):
                start, end = change - around, change + around
                times = [each.astimezone(zone).isoformat() for each in occurrences(schedule, start, end)]
                found.append({
                    "name": f"{name} {change:%Y-%m-%d} {what}",
                    "schedule": schedule_as_json(schedule),
                    "start": start.isoformat(),
                    "end": end.isoformat(),
                    "occurrences": times,
                })  # fmt: skip
    return found


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(case) for case in written())
    Path(__file__).with_name("time_changes.json").write_text(f"[\n{lines}\n]\n")
