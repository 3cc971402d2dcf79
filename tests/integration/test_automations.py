"""Automations: what happens leads to what is to be done, at least once, and what it makes is made once."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from pacc import flow, get_client, task
from pacc._internal import clock
from pacc.automations import (
    Automation,
    CallWebhook,
    CancelFlowRun,
    ChangeFlowRunState,
    CompoundTrigger,
    DeleteFlowRun,
    DoNothing,
    EventTrigger,
    MetricTrigger,
    PauseAutomation,
    PauseDeployment,
    PauseWorkPool,
    PauseWorkQueue,
    ResumeAutomation,
    ResumeDeployment,
    ResumeFlowRun,
    ResumeWorkPool,
    ResumeWorkQueue,
    RunDeployment,
    SendNotification,
    SuspendFlowRun,
)
from pacc.blocks.notifications import Email
from pacc.blocks.webhook import Webhook
from pacc.deployments import RunnerDeployment
from pacc.engine import place
from pacc.events import DeploymentEventTrigger, emit_event
from pacc.events.filters import AutomationFilter, EventFilter
from pacc.exceptions import InvalidDeploymentError, InvalidValueError, ObjectNotFound
from pacc.loops import actions
from pacc.loops.automations import Automating
from pacc.loops.household import keeping_house
from pacc.loops.http_server import HttpServer
from pacc.schemas.events import ReceivedEvent
from pacc.schemas.states import State, StateType
from pacc.schemas.work_pools import WorkPoolCreate
from pacc.services import (
    automations,
    deployments,
    events,
    flow_runs,
    metrics,
    run_transitions,
    triggers,
    webhooks,
    work_pools,
    work_queues,
)
from pacc.states import Pending, Running

THING = {"prefect.resource.id": "table.customers"}


@pytest.fixture
def store():
    return place.current().store


@pytest.fixture
def house(store):
    """What evaluates and acts in this thread, as often as the test says."""
    return House(store)


class House:
    def __init__(self, store):
        self.store = store
        self.automating = Automating(store)

    def settle(self, now=None):
        """Evaluate and act until nothing is left to be done."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            self.store.journal.flush()
            self.automating.tick(now or clock.now())
            self.make_due()
            left = self.store.read_sql(
                "SELECT 1 FROM automation_action WHERE status = 'running' OR due <= ?", (clock.now(),)
            )
            seq = self.store.read("triggers.cursor")[0]["seq"]
            if not left and not self.automating._under_way:
                self.store.journal.flush()
                if seq == events.last_seq(self.store):
                    return
            time.sleep(0.005)
        raise AssertionError("it does not come to rest")

    def make_due(self):
        """What is due in a future that the test has made up is due now."""
        if self.store.read_sql("SELECT 1 FROM automation_action WHERE due > ?", (clock.now(),)):
            with self.store.transaction() as changes:
                changes.run_sql("UPDATE automation_action SET due = 1 WHERE due IS NOT NULL")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(triggers, "LATE", 0)


@flow
def etl(city: str = "Ulm"):
    return city


@task
def fetch():
    raise ValueError("no rows")


@flow
def failing():
    fetch()


def made(name="it", trigger=None, *do, **more):
    trigger = trigger or EventTrigger(expect={"a.*"})
    return Automation(name=name, trigger=trigger, actions=list(do) or [DoNothing()], **more).create()


def say(name="a.b", resource=None, **more):
    return emit_event(name, resource=resource or THING, **more)


def fired(store, automation):
    return automations.firings(store, automation.id, limit=1000)


def outcome(store, automation):
    """What became of the only action of the only firing."""
    (firing,) = fired(store, automation)
    (action,) = firing.actions
    return action


def deployed(name="nightly"):
    return RunnerDeployment.from_flow(etl, name).write()


def runs_of(store, deployment_id):
    return deployments.scheduled_runs(store, [deployment_id])


# -- what leads to what


def test_an_event_fires_an_automation_and_each_step_of_it_is_an_event_that_follows_the_one_before(
    store, house
):
    automation = made()
    house.settle()
    said = say()
    house.settle()
    (firing,) = fired(store, automation)
    assert (firing.because, firing.event["id"]) == ('"a.*" happened', str(said.id))
    assert (firing.actions[0].status, firing.actions[0].attempts) == ("executed", 1)
    wanted = EventFilter(event={"name": ["prefect.automation.[at]*ed"]}, order="ASC")
    told = [each for each in events.select(store, wanted) if not each.event.endswith("created")]
    assert [each.event for each in told] == [
        "pacc.automation.triggered", "pacc.automation.action.triggered", "pacc.automation.action.executed",
    ]  # fmt: skip
    assert (told[0].follows, told[2].follows) == (said.id, told[1].id)
    assert told[0].payload["triggering_event"]["event"] == "a.b"
    assert told[0].resource.name == "it"


def test_what_happened_before_an_automation_was_made_or_while_it_was_paused_is_none_of_its_business(
    store, house
):
    say()
    store.journal.flush()
    automation = made()
    house.settle()
    automation.disable()
    say()
    store.journal.flush()
    automation.enable()
    house.settle()
    assert fired(store, automation) == []
    say()
    house.settle()
    assert len(fired(store, automation)) == 1


def test_what_happened_while_nobody_evaluated_is_made_up_for(store):
    House(store).settle()
    automation = made()
    say()
    store.journal.flush()
    House(store).settle()
    assert len(fired(store, automation)) == 1


def test_counts_outlive_the_process_that_counted(store):
    automation = made("it", EventTrigger(expect={"a.*"}, threshold=3))
    for _ in range(3):
        assert fired(store, automation) == []
        say()
        House(store).settle()
    assert len(fired(store, automation)) == 1


def test_two_that_evaluate_at_once_fire_once(store):
    automation = made()
    one, other = House(store), House(store)
    one.settle()
    other.settle()
    for _ in range(20):
        say()
    store.journal.flush()
    for each in (other, one, other):
        each.settle()
    assert len(fired(store, automation)) == 20


def test_one_that_was_overtaken_in_the_middle_has_done_nothing(store, monkeypatch):
    automation = made("it", EventTrigger(expect={"a.*"}, threshold=2))
    slow, quick = triggers.Evaluation(store), triggers.Evaluation(store)
    slow.step(clock.now())
    say()
    store.journal.flush()
    commit = slow._commit

    def overtaken(*args):
        quick.step(clock.now())
        commit(*args)

    monkeypatch.setattr(slow, "_commit", overtaken)
    assert slow.step(clock.now())
    monkeypatch.undo()
    say()
    store.journal.flush()
    for each in (slow, quick, slow):
        while each.step(clock.now()):
            pass
    assert len(fired(store, automation)) == 1


def test_a_failed_flow_run_fires_with_its_run_and_flow_in_the_templates(store, house, http_service):
    Webhook(url=http_service.url).save("hook")
    body = (
        '{"flow": "{{ flow.name }}", "run": "{{ flow_run.name }}", "state": "{{ flow_run.state_name }}",'
        ' "see": "{{ flow_run | ui_url }}"}'
    )
    trigger = EventTrigger(
        expect={"prefect.flow-run.Failed"}, match_related={"prefect.resource.name": "failing"}
    )
    automation = made(
        "it", trigger, CallWebhook(block_document_id=Webhook.load("hook")._block_document_id, payload=body)
    )
    house.settle()
    state = failing.with_options(flow_run_name="brave-otter")(return_state=True)
    etl()
    house.settle()
    assert outcome(store, automation).error is None
    (told,) = http_service.values()
    assert told == {
        "flow": "failing", "run": "brave-otter", "state": "Failed",
        "see": f"pacc flow-run inspect {state.state_details.flow_run_id}",
    }  # fmt: skip


def test_mail_tells_of_a_failed_run(store, house, smtp_service):
    block = Email(
        smtp_server="127.0.0.1", smtp_port=smtp_service.port, smtp_type="INSECURE",
        from_email="pacc@example.com", to_emails=["ada@example.com"],
    )  # fmt: skip
    block.save("ada")
    action = SendNotification(
        block_document_id=block._block_document_id,
        subject="{{ flow.name }} failed",
        body="{{ flow_run.state.message }}",
    )
    automation = made("it", EventTrigger(expect={"prefect.flow-run.Failed"}), action)
    house.settle()
    failing(return_state=True)
    house.settle()
    assert outcome(store, automation).error is None
    (mail,) = smtp_service.wait()
    assert "failing failed" in str(mail)
    assert "no rows" in str(mail)


def test_a_completed_run_starts_a_deployment_downstream_once(store, house):
    deployment = deployed()
    trigger = EventTrigger(
        expect={"prefect.flow-run.Completed"}, match_related={"prefect.resource.name": "etl"}
    )
    parameters = {"city": "{{ event.resource.name }}"}
    automation = made("chain", trigger, RunDeployment(deployment_id=deployment, parameters=parameters))
    house.settle()
    etl.with_options(flow_run_name="upstream")()
    house.settle()
    (run,) = runs_of(store, deployment)
    assert run.parameters == {"city": "upstream"}
    assert (run.created_by.type, run.created_by.display_value) == ("AUTOMATION", "chain")
    assert outcome(store, automation).outcome["flow_run_id"] == str(run.id)
    (firing,) = fired(store, automation)
    with store.transaction() as changes:
        changes.run_sql("UPDATE automation_action SET status = 'waiting', due = 1")
    house.settle()
    assert [each.id for each in runs_of(store, deployment)] == [run.id], "done twice, made once"
    assert outcome(store, automation).attempts == 2
    assert firing.labels == {}


def test_a_run_may_be_due_later_than_the_firing(store, house):
    deployment = deployed()
    made("it", None, RunDeployment(deployment_id=deployment, schedule_after=timedelta(hours=1)))
    house.settle()
    say()
    house.settle()
    (run,) = runs_of(store, deployment)
    assert timedelta(minutes=59) < run.next_scheduled_start_time - datetime.now(UTC) < timedelta(minutes=61)


def test_a_circuit_breaker_pauses_a_deployment_after_three_failures_and_resumes_it_an_hour_later(
    store, house
):
    deployment = deployed()
    own = {"prefect.resource.id": f"prefect.deployment.{deployment}"}
    trip = EventTrigger(
        expect={"prefect.flow-run.Failed"}, match_related=own, threshold=3, within=timedelta(minutes=10)
    )
    paused = EventTrigger(
        after={"prefect.deployment.updated"},
        expect={"never"},
        match=own,
        posture="Proactive",
        within=timedelta(hours=1),
    )
    made("trip", trip, PauseDeployment(source="inferred"))
    made("mend", paused, ResumeDeployment(source="inferred"))
    house.settle()
    for _ in range(3):
        assert not deployments.read(store, deployment).paused
        run = deployments.create_run(store, deployment)
        for state in (Pending(), Running()):
            run_transitions.propose_flow_run_state(store, str(run.id), state)
        run_transitions.propose_flow_run_state(store, str(run.id), failing(return_state=True).fresh_copy())
        house.settle()
    assert deployments.read(store, deployment).paused
    house.settle(now=clock.now() + 3590 * 1_000_000)
    assert deployments.read(store, deployment).paused
    house.settle(now=clock.now() + 3601 * 1_000_000)
    house.settle()
    assert not deployments.read(store, deployment).paused


def test_a_run_that_has_been_running_too_long_is_noticed_at_its_deadline(store, house):
    trigger = EventTrigger(
        after={"prefect.flow-run.Running"}, expect={"prefect.flow-run.*ed"}, for_each={"prefect.resource.id"},
        posture="Proactive", within=timedelta(seconds=10),
    )  # fmt: skip
    automation = made("too long", trigger, CancelFlowRun())
    house.settle()
    etl()
    hanging = run_transitions.create_flow_run(store, flow_name="slow", state=Pending())
    run_transitions.propose_flow_run_state(store, str(hanging.id), Running())
    house.settle()
    house.settle(now=clock.now() + 10_100_000)
    (firing,) = fired(store, automation)
    assert firing.labels == {"pacc.resource.id": f"pacc.flow-run.{hanging.id}"}
    house.settle()
    assert flow_runs.read(store, hanging.id).state_type in ("CANCELLING", "CANCELLED")


def test_work_is_paused_when_an_event_says_so_and_goes_on_when_another_does(store, house):
    pool = work_pools.create(store, WorkPoolCreate(name="pool", type="process"))
    (queue,) = work_queues.select(store)
    target = made("target")
    for name, action in {
        "stop": [
            PauseWorkPool(work_pool_id=pool.id), PauseWorkQueue(work_queue_id=queue.id),
            PauseAutomation(automation_id=target.id),
        ],
        "go": [
            ResumeWorkPool(work_pool_id=pool.id), ResumeWorkQueue(work_queue_id=queue.id),
            ResumeAutomation(automation_id=target.id),
        ],
    }.items():  # fmt: skip
        made(name, EventTrigger(expect={name}), *action)
    house.settle()

    def standing():
        return (
            work_pools.read(store, "pool").is_paused,
            work_queues.read(store, queue.id).is_paused,
            not automations.read(store, target.id).enabled,
        )

    for name, paused in (("stop", True), ("go", False)):
        say(name)
        house.settle()
        assert standing() == (paused,) * 3


@pytest.mark.parametrize(
    ("action", "ends"),
    [
        (ChangeFlowRunState(state="FAILED", name="Dropped", message="too late"), "Dropped"),
        (CancelFlowRun(), "Cancelled"),
        (DeleteFlowRun(), None),
    ],
)
def test_the_flow_run_that_an_event_is_about_is_moved_or_goes(store, house, action, ends):
    deployment = deployed()
    automation = made("it", None, action)
    house.settle()
    run = deployments.create_run(store, deployment)
    if ends == "Dropped":
        run_transitions.propose_flow_run_state(store, str(run.id), Pending())
    say(resource={"prefect.resource.id": f"prefect.flow-run.{run.id}"})
    house.settle()
    assert outcome(store, automation).error is None
    if ends is None:
        with pytest.raises(ObjectNotFound):
            flow_runs.read(store, run.id)
    else:
        assert flow_runs.read(store, run.id).state_name == ends


@pytest.mark.parametrize("action", [SuspendFlowRun(), ResumeFlowRun()])
def test_what_a_run_cannot_do_now_fails_for_good_and_says_why(store, house, action):
    automation = made("it", None, action)
    house.settle()
    state = etl(return_state=True)
    say(resource={"prefect.resource.id": f"prefect.flow-run.{state.state_details.flow_run_id}"})
    house.settle()
    done = outcome(store, automation)
    assert (done.status, done.attempts) == ("failed", 1)
    assert done.error
    (told,) = events.select(store, EventFilter(event={"name": ["prefect.automation.action.failed"]}))
    assert told.payload["reason"] == done.error


def test_what_cannot_be_inferred_is_said(store, house):
    automation = made("it", None, PauseDeployment(source="inferred"))
    house.settle()
    say()
    house.settle()
    assert (
        outcome(store, automation).error
        == "the event has nothing to do with a deployment, so none could be inferred"
    )


def test_several_triggers_together_fire_with_all_their_events(store, house, http_service):
    Webhook(url=http_service.url).save("hook")
    both = CompoundTrigger(require="all", triggers=[EventTrigger(expect={"a"}), EventTrigger(expect={"b"})])
    payload = "{\"names\": \"{{ events | map(attribute='event') | join(',') }}\"}"
    made("it", both, CallWebhook(block_document_id=Webhook.load("hook")._block_document_id, payload=payload))
    house.settle()
    say("b")
    house.settle()
    say("a")
    house.settle()
    assert http_service.values() == [{"names": "b,a"}]


# -- figures


def test_a_metric_fires_when_too_few_runs_complete_and_resolves_when_enough_do(store, house, monkeypatch):
    trigger = MetricTrigger(metric={"name": "successes", "threshold": 0.5, "operator": "<"})
    automation = made("it", trigger, DoNothing(), actions_on_resolve=[DoNothing()])
    for _ in range(3):
        failing(return_state=True)
    now = clock.now()
    house.settle(now)
    house.settle(now + 299_000_000)
    assert fired(store, automation) == []
    monkeypatch.setattr(triggers, "figure", lambda *_: 0.1)
    house.settle(now + 320_000_000)
    monkeypatch.setattr(triggers, "figure", lambda *_: 0.9)
    house.settle(now + 340_000_000)
    resolved, triggered = fired(store, automation)
    assert (triggered.resolved, resolved.resolved) == (False, True)
    assert [len(each.actions) for each in (triggered, resolved)] == [1, 2]


def test_figures_are_of_the_runs_that_are_meant(store):
    for _ in range(3):
        etl()
    failing(return_state=True)

    def figure(name, **told):
        plan = triggers.Plan(
            {"type": "metric", "metric": {"name": name, "operator": ">", "threshold": 0.5}, **told}
        )
        return metrics.figure(store, plan.metrics[0], clock.now())

    assert figure("successes") == 0.75
    assert figure("successes", match_related={"prefect.resource.name": "failing"}) == 0
    assert figure("successes", match_related={"prefect.resource.name": "nothing"}) is None
    assert 0 <= figure("duration") < 5
    assert 0 <= figure("lateness") < 5


# -- circles


def test_automations_that_set_off_each_other_are_stopped_and_the_circle_is_named(store, house):
    one, other = deployed("one"), deployed("other")
    for name, mine, theirs in (("tick", one, other), ("tock", other, one)):
        trigger = EventTrigger(
            expect={"prefect.flow-run.Scheduled"},
            match_related={"prefect.resource.id": f"prefect.deployment.{theirs}"},
        )
        made(name, trigger, RunDeployment(deployment_id=mine))
    house.settle()
    deployments.create_run(store, one)
    house.settle()
    stopped = [each for each in automations.select(store) if each.stopped]
    assert [each.enabled for each in stopped] == [False]
    assert '"tick" → "tock"' in stopped[0].stopped or '"tock" → "tick"' in stopped[0].stopped
    assert len(runs_of(store, one)) + len(runs_of(store, other)) < 15
    (told,) = events.select(store, EventFilter(event={"name": ["prefect.automation.stopped"]}))
    assert told.payload["reason"] == stopped[0].stopped


def test_automations_that_watch_automations_are_stopped_as_well(store, house):
    for name in ("tick", "tock"):
        made(name, EventTrigger(expect={"prefect.automation.triggered"}))
    start = made("start")
    house.settle()
    say()
    house.settle()
    assert len(fired(store, start)) == 1
    assert [each.name for each in automations.select(store) if each.stopped]


def test_automations_that_move_a_run_to_and_fro_are_stopped_however_long_that_takes(
    store, house, monkeypatch
):
    monkeypatch.setattr(triggers, "_SOON", 0)
    deployment = deployed()
    run = deployments.create_run(store, deployment)
    for name, seen, ends in (("drop", "Lost", "FAILED"), ("lose", "Dropped", "CRASHED")):
        left = {"FAILED": "Dropped", "CRASHED": "Lost"}[ends]
        trigger = EventTrigger(expect={f"prefect.flow-run.{seen}"})
        made(name, trigger, ChangeFlowRunState(state=ends, name=left, force=True))
    house.settle()
    run_transitions.propose_flow_run_state(store, str(run.id), State(type=StateType.FAILED, name="Dropped"))
    house.settle()
    (stopped,) = [each for each in automations.select(store) if each.stopped]
    assert '"drop" → "lose"' in stopped.stopped or '"lose" → "drop"' in stopped.stopped


def test_an_automation_whose_call_comes_back_as_an_event_is_stopped(store, house):
    hook = webhooks.create(store, "mine")
    answering = HttpServer(store, "127.0.0.1", 0)
    answering.start()
    try:
        Webhook(url=f"{answering.url}/hooks/{hook.slug}").save("me")
        call = CallWebhook(block_document_id=Webhook.load("me")._block_document_id)
        automation = made("it", EventTrigger(expect={"webhook.called", "a.b"}), call)
        house.settle()
        say()
        house.settle()
    finally:
        answering.stop()
    assert (
        'it led to itself more than 5 times within an hour ("it" → "it")'
        in automations.read(store, automation.id).stopped
    )
    assert len(fired(store, automation)) == 6


def test_what_happens_goes_back_to_an_action_before_it_that_was_not_long_ago(store, house):
    pool = work_pools.create(store, WorkPoolCreate(name="pool", type="process"))
    made("it", None, PauseWorkPool(work_pool_id=pool.id))
    house.settle()
    say()
    house.settle()
    resource = {"pacc.resource.id": f"pacc.work-pool.{pool.id}"}
    (row,) = store.read_sql("SELECT started, ended FROM automation_action")

    def led(occurred):
        event = ReceivedEvent(event="x", resource=resource, occurred=clock.to_datetime(occurred))
        return [each[1] for each in triggers._led_by(store, event)]

    assert led(row["started"] - 1) == []
    assert led(row["started"]) == led(row["ended"] + 9_000_000) == ["it"]
    assert led(row["ended"] + 11_000_000) == []


def test_an_automation_that_runs_what_it_waits_for_is_refused(store):
    deployment = deployed()
    own = {"prefect.resource.id": f"prefect.deployment.{deployment}"}
    trigger = EventTrigger(expect={"prefect.flow-run.Completed"}, match_related=own)
    for action in (RunDeployment(deployment_id=deployment), RunDeployment(source="inferred")):
        with pytest.raises(InvalidValueError, match="again and again"):
            made("it", trigger, action)


# -- when actions fail


def test_an_address_that_is_down_is_called_again_with_pauses_and_not_for_ever(
    store, house, http_service, monkeypatch
):
    monkeypatch.setattr(actions, "DELAYS", (0, 0))
    http_service.status = 503
    Webhook(url=http_service.url).save("hook")
    automation = made("it", None, CallWebhook(block_document_id=Webhook.load("hook")._block_document_id))
    house.settle()
    say()
    house.settle()
    done = outcome(store, automation)
    assert (done.status, done.attempts, done.error) == ("failed", 3, "the webhook answered with status 503")
    assert len(http_service.messages) == 3
    assert done.outcome["status_code"] == 503


def test_a_block_that_is_gone_and_one_that_sends_nothing_fail_in_a_sentence(store, house):
    Webhook(url="http://127.0.0.1:1").save("hook")
    hook = Webhook.load("hook")._block_document_id
    for name, block in (("gone", uuid4()), ("deaf", hook)):
        made(name, None, SendNotification(block_document_id=block, body="x"))
    house.settle()
    say()
    house.settle()
    errors = {each.name: outcome(store, each).error for each in automations.select(store)}
    assert errors["deaf"] == "a block of type Webhook sends no notifications"
    assert "no block" in errors["gone"]


def test_a_notification_whose_template_fails_says_so_instead(store, house, http_service):
    from pacc.blocks.notifications import CustomWebhookNotificationBlock

    block = CustomWebhookNotificationBlock(name="x", url=http_service.url, json_data={"text": "{{body}}"})
    block.save("custom")
    automation = made(
        "it", None, SendNotification(block_document_id=block._block_document_id, body="{{ 1 / 0 }}")
    )
    house.settle()
    say()
    house.settle()
    assert outcome(store, automation).error is None
    (told,) = http_service.values()
    assert "ZeroDivisionError" in told["text"]
    assert "{{ 1 / 0 }}" in told["text"]


# -- faults

KILLED = """
import os, random, signal, sys
from pacc._internal import clock
from pacc.engine import place
from pacc.loops.automations import Automating
from pacc.store.connection import Writer

left = [int(sys.argv[1])]
def strike(function):
    def struck(*args, **kwargs):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return function(*args, **kwargs)
        finally:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    return struck

for name in ("commit", "begin", "end"):
    setattr(Writer, name, strike(getattr(Writer, name)))
import time
store = place.current().store
automating = Automating(store)
while True:
    automating.tick(clock.now())
    time.sleep(0.002)
"""


@pytest.mark.parametrize("rounds", [6, pytest.param(200, marks=pytest.mark.soak)])
def test_killed_between_match_and_action_each_is_done_and_each_run_is_made_once(
    store, house, processes, rounds
):
    deployment = deployed()
    automation = made("it", None, RunDeployment(deployment_id=deployment), DoNothing())
    house.settle()
    script = processes.script(KILLED)
    for number in range(rounds):
        say(f"a.{number}")
        say("b")
        store.journal.flush()
        process = processes.start(sys.executable, script, str(1 + number * 7 % 23))
        assert process.wait(30) == -9
    house.automating._looked = -100
    House(store).settle()
    firings = fired(store, automation)
    assert sorted(each.event["event"] for each in firings) == sorted(
        f"a.{number}" for number in range(rounds)
    )
    assert {action.status for each in firings for action in each.actions} == {"executed"}
    made_runs = [each.actions[0].outcome["flow_run_id"] for each in firings]
    assert sorted(made_runs) == sorted(str(run.id) for run in runs_of(store, deployment))


def test_while_a_process_keeps_house_an_event_leads_to_an_action_within_moments(store):
    automation = made()
    with keeping_house(store):
        took = []
        for _ in range(5):
            began = time.monotonic()
            seen = len(fired(store, automation))
            say()
            while (
                len(fired(store, automation)) == seen
                or fired(store, automation)[0].actions[0].status != "executed"
            ):
                assert time.monotonic() < began + 20
                time.sleep(0.005)
            took.append(time.monotonic() - began)
    assert sorted(took)[2] < 2  # the figure, on a quiet machine, is under 0.15


# -- kept and changed


def test_automations_are_made_read_changed_and_removed_in_both_colours(store):
    automation = made("it", None, DoNothing(), description="x", tags=["t"])
    again = Automation.read(id=automation.id)
    assert (again.name, again.trigger.expect, again.tags) == ("it", {"a.*"}, ["t"])
    again.description = "y"
    again.update()
    assert Automation.read(name="it").description == "y"
    assert again.disable()
    assert not Automation.read(name="it").enabled

    async def live():
        one = await Automation(
            name="async", trigger=EventTrigger(expect={"b"}), actions=[DoNothing()]
        ).acreate()
        assert (await Automation.aread(name="async")).id == one.id
        await one.adisable()
        await one.aenable()
        one.description = "z"
        await one.aupdate()
        async with get_client() as client:
            found = await client.find_automation("async")
            assert found.description == "z"
            by_tag = AutomationFilter(tags={"any_": ["t"]})
            assert [each.name for each in await client.read_automations(automations=by_tag)] == ["it"]
        return await one.adelete()

    assert asyncio.run(live())
    assert again.delete()
    assert not again.delete()
    for wrong in ({}, {"id": again.id, "name": "it"}, {"name": "itt"}, {"id": uuid4()}):
        with pytest.raises(ValueError, match="automation"):
            Automation.read(**wrong)
    with pytest.raises(ValueError, match="not created"):
        Automation(name="x", trigger=EventTrigger(), actions=[]).update()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"trigger": {"posture": "Proactive", "within": 5}}, "10 seconds at least"),
        ({"trigger": {"threshold": 0}}, "greater than or equal to 1"),
        ({"trigger": {"within": -1}}, "not negative"),
        ({"trigger": {"type": "compound", "require": 3, "triggers": [{}]}}, "1 to 1"),
        (
            {
                "trigger": {
                    "type": "metric",
                    "metric": {"name": "duration", "threshold": 1, "operator": ">", "range": 10},
                }
            },
            "300",
        ),
        ({"trigger": {"nonsense": 1}}, "nonsense"),
        ({"actions": [{"type": "run-deployment"}]}, "deployment_id"),
        ({"actions": [{"type": "dance"}]}, "dance"),
        (
            {"actions": [{"type": "send-notification", "block_document_id": str(uuid4()), "body": "{{ x"}]},
            "cannot be read",
        ),
        ({"name": ""}, "at least 1 character"),
    ],
)
def test_what_is_no_automation_is_refused_where_it_is_written(wrong, why):
    told = {"name": "it", "trigger": {"expect": ["a"]}, "actions": [{"type": "do-nothing"}]} | wrong
    with pytest.raises(ValueError, match=why):
        Automation(**told)


def test_a_deployment_owns_the_automations_of_its_triggers_and_they_go_with_it(store, house):
    trigger = DeploymentEventTrigger(expect={"a.*"}, parameters={"city": "{{ event.payload.city }}"})
    deployment = RunnerDeployment.from_flow(etl, "nightly", triggers=[trigger]).write()
    (automation,) = automations.owned_by(store, f"prefect.deployment.{deployment}")
    assert automation.name == "nightly__automation_1"
    house.settle()
    say(payload={"city": "Bonn"})
    house.settle()
    (run,) = runs_of(store, deployment)
    assert run.parameters == {"city": "Bonn"}
    automations.disable(store, automation.id)
    RunnerDeployment.from_flow(etl, "nightly", triggers=[trigger]).write()
    assert automations.owned_by(store, f"pacc.deployment.{deployment}")[0].id == automation.id
    assert not automations.read(store, automation.id).enabled
    RunnerDeployment.from_flow(
        etl, "nightly", triggers=[{"type": "event", "expect": ["b"], "name": "other"}]
    ).write()
    (other,) = automations.related_to(store, f"pacc.deployment.{deployment}")
    assert other.name == "other"
    deployments.delete(store, deployment)
    assert automations.select(store) == []


def test_a_trigger_that_cannot_be_kept_is_refused_before_its_deployment_is_made(store):
    wrong = RunnerDeployment.from_flow(etl, "nightly", triggers=[{"posture": "Proactive", "within": 1}])
    with pytest.raises(InvalidDeploymentError, match=r"trigger 1 of the deployment .* 10 seconds"):
        wrong.write()
    assert deployments.select(store) == []


def test_states_of_task_runs_are_recorded_while_an_automation_waits_for_them(store, house):
    automation = made("it", EventTrigger(expect={"prefect.task-run.Failed"}))
    house.settle()
    failing(return_state=True)
    house.settle()
    assert fired(store, automation)[0].event["event"] == "pacc.task-run.Failed"
    automation.delete()
    assert store.read_sql("SELECT * FROM event_interest") == []


def test_old_firings_go(store, house):
    automation = made()
    house.settle()
    say()
    house.settle()
    assert automations.prune(store, clock.now() - 60_000_000) == 0
    assert automations.prune(store, clock.now() + 60_000_000) == 1
    assert fired(store, automation) == []
