"""Events a second from one process; 200 automations over 100,000 events; how soon an action follows its event, or a deadline.

Everything is counted afterwards: each event is in the store, each firing is there once, each action was executed.
"""

from __future__ import annotations

from measuring import PACC, empty_home, numbers, options, run_script, show

SAYING = """
import json, sys, time
from pacc.engine import place
from pacc.events import emit_event
from pacc.services import events

count = int(sys.argv[1])
store = place.current().store
emit_event("warm.up", resource={"prefect.resource.id": "t"})
store.journal.flush()
began = time.perf_counter()
for number in range(count):
    emit_event("table.loaded", resource={"prefect.resource.id": f"table.{number}"}, payload={"rows": number})
store.journal.flush()
took = time.perf_counter() - began
assert events.last_seq(store) == count + 1
print(json.dumps({"seconds": took}))
"""

EVALUATING = """
import json, sys, time
from pacc._internal import clock
from pacc.automations import Automation, DoNothing, EventTrigger
from pacc.engine import place
from pacc.events import emit_event
from pacc.services.triggers import Evaluation

automations, count = int(sys.argv[1]), int(sys.argv[2])
store = place.current().store
for number in range(automations):
    match = {"prefect.resource.id": f"table.{number}.*"}
    Automation(name=f"a{number}", trigger=EventTrigger(expect={"table.*"}, match=match, threshold=10), actions=[]).create()
evaluation = Evaluation(store)
evaluation.step(clock.now())
for number in range(count):
    emit_event("table.loaded", resource={"prefect.resource.id": f"table.{number % (2 * automations)}.rows"})
store.journal.flush()
began = time.perf_counter()
while evaluation.step(clock.now()):
    pass
took = time.perf_counter() - began
fired = store.read("automations.last_fired")
expected = count // (2 * automations) // 10
assert {row["times"] for row in fired} == {expected}, [tuple(row) for row in fired][:3]
print(json.dumps({"seconds": took}))
"""

ANSWERING = """
import json, statistics, sys, time
from pacc.automations import Automation, DoNothing, EventTrigger
from pacc.engine import place
from pacc.events import emit_event
from pacc.loops.household import keeping_house

store = place.current().store
automation = Automation(name="a", trigger=EventTrigger(expect={"a.b"}), actions=[DoNothing()]).create()
with keeping_house(store):
    time.sleep(1)
    for _ in range(int(sys.argv[1])):
        emit_event("a.b", resource={"prefect.resource.id": "t"}, payload={"at": time.time_ns() // 1000})
        time.sleep(0.1)
    time.sleep(1)
rows = store.read_sql(
    "SELECT event, started, status FROM automation_firing JOIN automation_action ON firing_id = automation_firing.id"
)
assert len(rows) == int(sys.argv[1]) and {row["status"] for row in rows} == {"executed"}
took = [row["started"] - json.loads(row["event"])["payload"]["at"] for row in rows]
print(json.dumps({"milliseconds": statistics.median(took) / 1000}))
"""


WAITING = """
import json, sys, time
from datetime import timedelta
from pacc.automations import Automation, DoNothing, EventTrigger, Posture
from pacc.engine import place
from pacc.events import emit_event
from pacc.loops.household import keeping_house

count, seconds = int(sys.argv[1]), int(sys.argv[2])
store = place.current().store
within = timedelta(seconds=max(10, seconds))
trigger = EventTrigger(
    after={"a.b"}, expect={"c.d"}, for_each={"prefect.resource.id"}, posture=Posture.Proactive, within=within
)
Automation(name="a", trigger=trigger, actions=[DoNothing()]).create()
if seconds < 10:  # less than people may ask for, to look whether this works
    with store.transaction() as changes:
        shorter = f'"within":{seconds}.0', '"within":10.0'
        changes.run_sql("UPDATE automation SET definition = replace(definition, ?, ?)", [shorter[1], shorter[0]])
with keeping_house(store):
    time.sleep(1)
    for number in range(count):
        emit_event("a.b", resource={"prefect.resource.id": f"t.{number}"})
        time.sleep(0.05)
    until = time.monotonic() + seconds + 30
    query = "SELECT started, event FROM automation_firing JOIN automation_action ON firing_id = automation_firing.id"
    while len(store.read_sql(query)) < count and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.2)
begun = {row["resource_id"]: row["occurred"] for row in store.read_sql("SELECT * FROM event WHERE event = 'a.b'")}
fired = store.read_sql("SELECT labels, started FROM automation_firing JOIN automation_action ON firing_id = automation_firing.id")
late = [row["started"] - begun[json.loads(row["labels"])["pacc.resource.id"]] - seconds * 1_000_000 for row in fired]
assert len(late) == count, (len(late), count)
print(json.dumps({"milliseconds": max(late) / 1000, "early": min(late) / 1000}))
"""


def main() -> None:
    """Print the figures."""
    asked = options(
        __doc__ or "", events=50_000, many=100_000, automations=200, answers=30, deadlines=40, within=10
    )

    def median(script: str, name: str, *arguments: object) -> tuple[float, float]:
        found = []
        for _ in range(asked.rounds):
            with empty_home() as home:
                ended = run_script(PACC, script, home, *map(str, arguments), LOGGING_LEVEL="WARNING")
                found.append((numbers(ended)[name], ended.peak_mib))
        return sorted(found)[len(found) // 2]

    seconds, _ = median(SAYING, "seconds", asked.events)
    show(f"{asked.events:,} events of one process", asked.events / seconds, "/s", target="> 10,000")
    seconds, few = median(EVALUATING, "seconds", asked.automations, asked.many // 10)
    seconds, memory = median(EVALUATING, "seconds", asked.automations, asked.many)
    show(f"{asked.automations} automations over {asked.many:,} events", seconds, "s", target="< 20")
    show("peak memory meanwhile", memory, "MiB", target=f"flat ({few:.0f} with a tenth)")
    milliseconds, _ = median(ANSWERING, "milliseconds", asked.answers)
    show("event to action begun, median", milliseconds, "ms", target="< 150")
    milliseconds, _ = median(WAITING, "milliseconds", asked.deadlines, asked.within)
    show("deadline of a proactive trigger to action begun, latest", milliseconds, "ms", target="< 1,000")


if __name__ == "__main__":
    main()
