"""Why a run failed, in one sentence: the task, the error and the place."""

from __future__ import annotations

import pytest

from pacc import flow, task
from pacc.cli.root import main
from pacc.schemas.failures import error_summary
from pacc.states import Completed, Crashed, Failed
from pacc.task_runners import ProcessPoolTaskRunner


@task
def compute(number):
    return 1 / number


@flow
def direct():
    compute(0)


@flow
def submitted():
    compute.submit(0).result()


@flow
def nested():
    direct()


@flow(task_runner=ProcessPoolTaskRunner(max_workers=1))
def elsewhere():
    compute.submit(0).result()


@flow
def by_itself():
    raise ValueError("no\nrows")


@pytest.mark.parametrize("run", [direct, submitted, nested, elsewhere])
def test_the_task_and_the_line_that_failed_are_named(run):
    said = error_summary(run(return_state=True))
    assert said.startswith("Failed in task 'compute': ZeroDivisionError: division by zero")
    if run is not elsewhere:  # no trace comes back from another process
        assert said.endswith(f"(test_failures.py:{compute.fn.__code__.co_firstlineno + 2})")


def test_an_error_of_the_flow_itself_is_said_on_one_line():
    said = error_summary(by_itself(return_state=True))
    assert (
        said == f"Failed: ValueError: no rows (test_failures.py:{by_itself.fn.__code__.co_firstlineno + 2})"
    )


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (None, None),
        (Completed(message="fine"), None),
        (Failed(), "Failed"),
        (Failed(message="1/3 states failed."), "Failed: 1/3 states failed."),
        (Crashed(message="killed"), "Crashed: killed"),
    ],
)
def test_other_states_say_what_they_have_to_say(state, said):
    assert error_summary(state) == said


def test_listings_and_descriptions_show_it(capsys):
    direct(return_state=True)
    assert main(["flow-run", "ls"]) == 0
    assert "Failed in task 'compute': ZeroDivisionError" in capsys.readouterr().out
    assert main(["flow-run", "inspect", "@last"]) == 0
    assert "Error:         Failed in task 'compute': ZeroDivisionError" in capsys.readouterr().out
