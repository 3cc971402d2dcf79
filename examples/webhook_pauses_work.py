"""Pause work when a webhook fires: somebody else's alarm calls an address, and a work pool takes no more runs until it is over.

The webhook answers callers who sign what they send, as GitHub does. Needs `pacc[server]`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import subprocess
import sys
import time
from typing import Any
from urllib.request import Request, urlopen

from pacc import get_client
from pacc.automations import Automation, EventTrigger, PauseWorkPool, ResumeWorkPool
from pacc.client.schemas.actions import WorkPoolCreate

SECRET = secrets.token_hex()
TEMPLATE = """
{
  "event": "alarm.{{ body.status }}",
  "resource": {"prefect.resource.id": "alarm.{{ body.service }}"},
  "payload": {"why": "{{ body.why }}"}
}
"""


def make_automations(pool: Any) -> None:
    """Pause a work pool when the alarm of the database rings, and resume it when that is over."""
    for status, action in (("firing", PauseWorkPool), ("resolved", ResumeWorkPool)):
        Automation(
            name=f"the alarm is {status}",
            trigger=EventTrigger(expect={f"alarm.{status}"}, match={"prefect.resource.id": "alarm.database"}),
            actions=[action(source="selected", work_pool_id=pool.id)],
        ).create()


def ring(url: str, status: str) -> int:
    """Call the webhook as the alarm would, and return how that was answered."""
    body = json.dumps({"service": "database", "status": status, "why": 'it says "no room"'}).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
    with urlopen(Request(url, data=body, headers=headers), timeout=30) as answer:
        return int(answer.status)


def paused(client: Any) -> bool:
    """Say whether the work pool is paused."""
    return bool(client.read_work_pool("trucks").is_paused)


def wait_until(done: Any) -> None:
    """Wait half a minute at most until something is true."""
    until = time.monotonic() + 30
    while not done() and time.monotonic() < until:
        time.sleep(0.02)


def pacc(*words: str) -> str:
    """Run a command and return what it prints."""
    return subprocess.run(
        [sys.executable, "-m", "pacc", *words], check=True, capture_output=True, text=True
    ).stdout


if __name__ == "__main__":
    client = get_client(sync_client=True)
    client.create_work_pool(WorkPoolCreate(name="trucks"))
    pacc("server", "start", "--background", "--port", "0")
    try:
        address = json.loads(pacc("server", "status", "-o", "json"))["url"]
        made = client.create_webhook("alarm", template=TEMPLATE, authentication="signature", secret=SECRET)
        make_automations(client.read_work_pool("trucks"))
        print(f"The call was answered with {ring(f'{address}/hooks/{made.slug}', 'firing')}")
        wait_until(lambda: paused(client))
        print(f"The pool is paused: {paused(client)}")
        ring(f"{address}/hooks/{made.slug}", "resolved")
        wait_until(lambda: not paused(client))
        print(f"When the alarm is over it is paused: {paused(client)}")
    finally:
        pacc("server", "stop")
