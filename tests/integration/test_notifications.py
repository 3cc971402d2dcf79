"""Who wanted to be told is told: whatever became of the run, its process, and the service that is to hear of it."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from datetime import timedelta

import pytest
from listening import unused_port

from pacc import flow
from pacc.blocks.abstract import NotificationBlock
from pacc.blocks.destinations import destination
from pacc.blocks.notifications import Email
from pacc.exceptions import EncryptionKeyError, ObjectAlreadyExists
from pacc.loops import notifications as loop
from pacc.loops.household import keeping_house
from pacc.orchestration.notifications import PAUSES
from pacc.services import encryption, notifications
from pacc.states import Failed
from pacc.store import open_store
from pacc.testing.clock import MovableClock

TOKEN = "T0K3N-nobody-may-see"
FAILS = """
from pacc import flow

@flow
def broken():
    raise ValueError("no such table")

broken()
"""
WELL = "from pacc import flow\n\n@flow\ndef fine():\n    pass\n\nfine()\n"


@pytest.fixture
def store(pacc_home):
    return open_store(pacc_home)


@pytest.fixture
def subscribed(store, http_service):
    """Subscribe the service over HTTP, to failures unless said otherwise."""

    def subscribe(to=None, **options):
        where = destination(store, to or f"{http_service.url}/{TOKEN}")
        return notifications.subscribe(
            store, where, **{"states": ["failed,crashed"], "name": "ops", **options}
        )

    return subscribe


@pytest.fixture
def send(store):
    """Send what is due, and wait until it is settled."""

    def run():
        from pacc._internal import clock

        loop.tick(store, clock.now())
        assert loop.finish(20)
        return {each.name: each for each in notifications.select(store)}

    return run


@pytest.fixture
def logged(caplog):
    """Hear what is logged of notifications, wherever else it goes."""
    logger = logging.getLogger("pacc.notifications")
    logger.addHandler(caplog.handler)
    yield caplog
    logger.removeHandler(caplog.handler)


@flow
def broken():
    raise ValueError("no such table")


@flow
def fine():
    return 1


@flow
def calls_broken():
    return broken(return_state=True).name


# -- what is told ----------------------------------------------------------------------------------------------------------


def test_a_failed_run_is_told_once_in_a_sentence_with_its_facts(subscribed, send, http_service):
    subscribed()
    broken(return_state=True)
    fine()
    assert send()["ops"].sent == 1
    assert send()["ops"].waiting == 0
    [told] = http_service.values()
    name = told["flow_run_name"]
    said = told["text"]
    assert said.startswith(f'Flow run "{name}" of flow "broken" failed after ')
    assert f": ValueError: no such table ({os.path.basename(__file__)}:" in said
    assert said.endswith(f"). See: pacc flow-run inspect {name}")
    assert told["subject"] == f"broken/{name} failed"
    assert (told["state_type"], told["type"]) == ("FAILED", "failure")


def test_a_subscription_counts_the_runs_it_names_and_no_others(store, subscribed):
    from pacc import tags

    for name, options in {
        "all": {}, "ends": {"states": ["Completed"]}, "this": {"flow_name": "broken"},
        "other": {"flow_name": "fine"}, "tagged": {"tags": ["a", "b"]}, "half": {"tags": ["a", "c"]},
        "deployed": {"deployment_name": "broken/nightly"}, "nested": {"subflows": True},
        "starts": {"states": ["pending", "RUNNING"]}, "paused": {},
    }.items():  # fmt: skip
        subscribed(name=name, **options)
    notifications.set_paused(store, "paused", paused=True)
    with tags("a", "b"):
        broken(return_state=True)
    calls_broken()
    assert {each.name: each.waiting for each in notifications.select(store) if each.waiting} == {
        "all": 1, "ends": 1, "this": 1, "tagged": 1, "nested": 2, "starts": 4,
    }  # fmt: skip


def test_each_attempt_and_each_state_of_a_run_is_told_once(store, subscribed):
    from pacc.services.run_transitions import propose_flow_run_state

    subscribed(states=["failed", "crashed", "awaitingretry"])

    @flow(retries=1)
    def twice():
        raise ValueError

    run = twice(return_state=True)
    run_id = str(run.state_details.flow_run_id)
    assert notifications.read(store, "ops").waiting == 2
    propose_flow_run_state(store, run_id, Failed(message="by hand"), force=True)
    assert notifications.read(store, "ops").waiting == 3


def test_what_happens_while_a_subscription_is_paused_is_not_told_and_what_waited_is(
    store, subscribed, send, http_service
):
    subscribed()
    broken(return_state=True)
    notifications.set_paused(store, "ops", paused=True)
    broken(return_state=True)
    assert send()["ops"].waiting == 1
    notifications.set_paused(store, "ops", paused=False)
    assert send()["ops"].sent == 1
    assert len(http_service.messages) == 1


def test_hostile_names_and_messages_are_text(subscribed, send, http_service):
    subscribed()

    @flow(name="$(reboot) `b`", flow_run_name="-rf\n\x1b[31m'\u202e")
    def hostile():
        raise ValueError("{{ secrets }}\r\nBcc: all\x00@example.com")

    hostile(return_state=True)
    send()
    [told] = http_service.values()
    assert told["text"].isprintable()
    assert told["subject"].isprintable()
    assert "{{ secrets }} Bcc: all\\x00@example.com" in told["text"]
    assert told["text"].endswith(told["flow_run_id"]), "a shell would trip over such a name"


# -- services that are not well --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (500, {}, "answered with status 500"),
        (404, {}, "answered with status 404"),
        (302, {"location": "/elsewhere"}, "answered with status 302"),
    ],
)
def test_an_answer_that_is_no_success_is_recorded_and_tried_again(
    subscribed, send, http_service, logged, status, headers, said
):
    http_service.status, http_service.headers = status, headers
    subscribed()
    assert broken(return_state=True).is_failed()
    found = send()["ops"]
    assert (found.sent, found.waiting, said in found.error) == (0, 1, True)
    assert len(http_service.messages) == 1, "no redirection is followed, and the next try is later"
    assert said in logged.text
    assert TOKEN not in logged.text + found.error + found.address


def test_a_service_that_is_down_is_tried_with_growing_pauses_and_then_given_up(subscribed, send):
    subscribed(f"http://127.0.0.1:{unused_port()}/{TOKEN}")
    with MovableClock() as clock:
        broken(return_state=True)
        for pause in PAUSES:
            assert send()["ops"].waiting == 1
            clock.advance(seconds=pause - 2)
            assert send()["ops"].waiting == 1
            clock.advance(seconds=3)
        found = send()["ops"]
    assert (found.waiting, found.given_up) == (0, 1)
    assert "refused" in found.error


def test_a_slow_service_holds_up_neither_the_run_nor_other_services(
    store, subscribed, send, http_service, smtp_service, monkeypatch
):
    monkeypatch.setattr(loop, "LONGEST_SECONDS", 1.0)
    http_service.delay = 5
    subscribed()
    subscribed(
        f"mailto://localhost:{smtp_service.port}?from=pacc@example.com&to=ada@example.com", name="mail"
    )
    run = broken(return_state=True)
    assert run.is_failed()
    found = send()
    assert "nothing came of it within 1 seconds" in found["ops"].error
    assert (found["mail"].sent, len(smtp_service.wait())) == (1, 1)


def test_a_missing_key_is_recorded_and_nothing_else_happens(pacc_home, subscribed, send, http_service):
    subscribed()
    broken(return_state=True)
    key = pacc_home / "key"
    key.rename(pacc_home / "away")
    assert "the key of the secrets" in send()["ops"].error
    (pacc_home / "away").rename(key)
    with MovableClock() as clock:
        clock.advance(seconds=PAUSES[0] + 1)
        assert send()["ops"].sent == 1
    assert len(http_service.messages) == 1


# -- processes that are killed ---------------------------------------------------------------------------------------------

SLEEPS = """
import time
from pacc import flow

@flow(flow_run_name="doomed")
def sleeps():
    print("here", flush=True)
    time.sleep(60)

sleeps()
"""


def test_a_run_that_was_killed_is_told_by_the_next_program(processes, run_python, subscribed, http_service):
    subscribed()
    process = processes.start(sys.executable, processes.script(SLEEPS))
    assert process.stdout.readline() == "here\n"
    processes.end(process)
    process.wait()
    assert run_python(WELL).code == 0
    [told] = http_service.values()
    assert (told["flow_run_name"], told["state_name"]) == ("doomed", "Crashed")
    assert "SIGKILL" in told["text"]


def test_a_program_sends_before_it_ends(run_python, subscribed, http_service, store):
    subscribed()
    ended = run_python(FAILS)
    assert (ended.code, TOKEN in ended.output) == (1, False)
    assert len(http_service.values()) == 1
    assert notifications.read(store, "ops").sent == 1


def test_what_a_process_was_sending_when_it_was_killed_is_sent_by_the_next(
    processes, subscribed, send, http_service
):
    subscribed()
    http_service.delay = 60
    process = processes.start(sys.executable, processes.script(FAILS))
    http_service.wait()
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    http_service.delay = 0
    until = time.monotonic() + 60
    while not send()["ops"].sent:  # the process it sent from may take a moment to die
        assert time.monotonic() < until
        time.sleep(0.02)
    assert len(http_service.messages) == 2


def test_a_program_is_kept_from_ending_for_a_few_seconds_at_most(
    subscribed, store, http_service, monkeypatch
):
    monkeypatch.setattr(loop, "FAREWELL_SECONDS", 0.5)
    http_service.delay = 60
    subscribed()
    broken(return_state=True)
    loop.farewell(store)
    found = notifications.read(store, "ops")
    assert (found.sent, found.waiting) == (0, 1)


def test_what_fails_because_the_program_is_ending_is_left_to_the_farewell(
    subscribed, store, http_service, send, monkeypatch
):
    subscribed()
    broken(return_state=True)
    http_service.status = 500
    monkeypatch.setattr(loop, "_is_ending", lambda: True)
    found = send()["ops"]
    assert (found.waiting, found.error) == (1, None)
    http_service.status = 200
    loop.farewell(store)
    assert notifications.read(store, "ops").sent == 1


def test_many_processes_that_send_at_the_same_time_send_each_once(processes, subscribed, http_service, store):
    subscribed()
    for _ in range(15):
        broken(return_state=True)
    senders = [
        processes.start(sys.executable, "-m", "pacc.loops.notifications", store.home) for _ in range(3)
    ]
    for each in senders:
        assert processes.finish(each).code == 0
    assert notifications.read(store, "ops").sent == 15
    told = [each["flow_run_id"] for each in http_service.values(15)]
    assert (len(told), len(set(told))) == (15, 15)


def test_a_process_that_keeps_house_sends_at_once(store, subscribed, http_service):
    subscribed()
    with keeping_house(store):
        broken(return_state=True)
        assert http_service.values()[0]["flow_name"] == "broken"
        assert loop.finish(10)


# -- where it goes ---------------------------------------------------------------------------------------------------------


def test_an_address_is_encrypted_and_goes_along_with_another_key(
    store, subscribed, send, http_service, pacc_home
):
    subscribed()
    assert TOKEN.encode() not in b"".join(path.read_bytes() for path in pacc_home.glob("pacc.db*"))
    assert encryption.rotate(store) == 0
    broken(return_state=True)
    assert send()["ops"].sent == 1
    (pacc_home / "key").unlink()
    with pytest.raises(EncryptionKeyError):
        subscribed(name="another")
    assert [each.name for each in notifications.select(store)] == ["ops"]


def test_a_name_is_taken_once(subscribed):
    subscribed()
    with pytest.raises(ObjectAlreadyExists, match='"ops" exists already'):
        subscribed()


def test_a_block_is_told_in_its_own_way(subscribed, send, smtp_service):
    Email(
        smtp_server="localhost", smtp_type="INSECURE", smtp_port=smtp_service.port,
        from_email="pacc@example.com", to_emails=["ada@example.com"],
    ).save("mail")  # fmt: skip
    subscribed("block:email/mail")
    broken(return_state=True)
    assert send()["ops"].sent == 1
    [mail] = smtp_service.wait()
    assert (mail["from"], mail["to"]) == ("pacc@example.com", ["ada@example.com"])
    assert "no such table" in mail["data"].decode().replace("=\r\n", "")  # long lines are folded


def test_a_block_of_ones_own_is_told_whatever_its_colour(subscribed, send):
    heard = []

    class Megaphone(NotificationBlock):
        async def notify(self, body, subject=None):
            heard.append((subject, body))

    Megaphone().save("loud")
    subscribed("block:megaphone/loud")
    broken(return_state=True)
    assert send()["ops"].sent == 1
    assert "no such table" in heard[0][1]


def test_what_was_sent_long_ago_is_forgotten(store, subscribed, send, http_service):
    from pacc.services import notification_queue

    subscribed()
    broken(return_state=True)
    assert send()["ops"].sent == 1
    with MovableClock() as clock:
        clock.advance(timedelta(days=31))
        notification_queue.forget_old(store, int(clock.now().timestamp() * 1_000_000))
    assert notifications.read(store, "ops").sent == 0


def test_no_secret_is_logged_or_shown(subscribed, send, http_service, logged):
    logged.set_level(logging.DEBUG)
    http_service.status = 500
    subscribed(f"json://user:hunter2xyz@127.0.0.1:{http_service.server.server_port}/{TOKEN}?key={TOKEN}")
    broken(return_state=True)
    found = send()["ops"]
    assert found.waiting == 1
    shown = found.address + found.error + logged.text
    assert "500" in shown
    assert TOKEN not in shown
    assert "hunter2xyz" not in shown
