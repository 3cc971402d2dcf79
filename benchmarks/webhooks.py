"""Posts to a webhook: so many a second held for a minute, none of them lost; how soon each is answered; how many fit into a second.

Each is signed as GitHub signs, sent over HTTP to `pacc server start`, and answered when its event is stored. Afterwards every post that
was answered is looked for in the store.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import subprocess
import threading
import time
from contextlib import contextmanager
from statistics import quantiles
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from measuring import PACC, empty_home, options, run_script, show

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = b"0123456789abcdef"
CONNECTIONS = 8

MAKING = """
import json
from pacc import get_client
with get_client(sync_client=True) as client:
    made = client.create_webhook("posts", authentication="signature", secret="0123456789abcdef")
print(json.dumps({"slug": made.slug}))
"""

COUNTING = """
import json
from pacc.engine import place
rows = place.current().store.read_sql("SELECT payload FROM event WHERE event = 'webhook.called'")
print(json.dumps(sorted(json.loads(row["payload"])["body"]["n"] for row in rows)))
"""


@contextmanager
def serving(home: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start a server on a port of its own for the length of the block."""
    command = PACC.command("server", "start", "--port", "0")
    server = subprocess.Popen(command, env=PACC.environment(home, {}), stderr=subprocess.PIPE, text=True)
    try:
        said = iter(server.stderr or ())
        address = next(line for line in said if "answered at" in line).split()[-1]
        yield server, urlsplit(address).port or 0
    finally:
        server.terminate()
        server.wait()


class Posting:
    """Posts numbers, at most so many a second, from several connections.

    Args:
        port: where the server answers.
        slug: the end of the webhook's address.
        count: how many.
        rate: how many a second; any number unless given.
    """

    def __init__(self, port: int, slug: str, count: int, rate: float | None = None) -> None:
        self._port, self._path, self._count, self._rate = port, f"/hooks/{slug}", count, rate
        self._numbers = iter(range(count))
        self._lock = threading.Lock()
        self._began = 0.0
        self.answered: list[int] = []
        self.took: list[float] = []
        self.seconds = 0.0

    def run(self, first: int = 0) -> None:
        """Post all of them, counting from a number on."""
        self._numbers = iter(range(first, first + self._count))
        self._began = time.perf_counter()
        threads = [threading.Thread(target=self._post, args=(first,)) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.seconds = time.perf_counter() - self._began

    def _post(self, first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        while (number := self._next()) is not None:
            due = self._began if self._rate is None else self._began + (number - first) / self._rate
            time.sleep(max(0.0, due - time.perf_counter()))
            body = json.dumps({"n": number}).encode()
            signature = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
            sent = time.perf_counter()
            connection.request("POST", self._path, body, {"x-hub-signature-256": f"sha256={signature}"})
            answer = connection.getresponse()
            answer.read()
            if answer.status == http.client.NO_CONTENT:
                self.answered.append(number)
                self.took.append(time.perf_counter() - max(sent, due))

    def _next(self) -> int | None:
        with self._lock:
            return next(self._numbers, None)


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", rate=100, seconds=60, most=3000)
    with empty_home() as home:
        slug = json.loads(run_script(PACC, MAKING, home).stdout)["slug"]
        with serving(home) as (server, port):
            steady = Posting(port, slug, asked.rate * asked.seconds, asked.rate)
            steady.run()
            hasty = Posting(port, slug, asked.most)
            hasty.run(first=asked.rate * asked.seconds)
            peak = _peak_mib(server.pid)
        stored = json.loads(run_script(PACC, COUNTING, home).stdout)
    missing = {*steady.answered, *hasty.answered} - {*stored}
    if missing or len(steady.answered) < asked.rate * asked.seconds or len(stored) != len({*stored}):
        raise SystemExit(
            f"{len(missing)} posts were lost; {len(steady.answered)} of the steady ones were answered"
        )
    cuts = [1000 * each for each in quantiles(steady.took, n=100)]
    show(f"{asked.rate} posts a second for {asked.seconds} s, lost", len(missing), "", target="0")
    show("from a post to its answer, median", cuts[49], "ms")
    show("from a post to its answer, 99 of 100", cuts[98], "ms")
    show("posts a second at most", len(hasty.answered) / hasty.seconds, "/s", target="> 100")
    if peak:
        show("memory of the server at most", peak, "MiB")


def _peak_mib(pid: int) -> float:
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmHWM"))
    except OSError:  # not on Linux
        return 0.0
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
