"""Every exception has one exit code, one sentence and, where there is one, a next step."""

from __future__ import annotations

import pytest

from pacc import exceptions
from pacc.cli._exits import CommandError, ExitCode, UsageError, outcome_of


def kinds_of(root):
    return [root, *(kind for child in root.__subclasses__() for kind in kinds_of(child))]


@pytest.mark.parametrize(
    ("error", "exit_code", "code"),
    [
        (CommandError("no"), ExitCode.FAILED, "failed"),
        (UsageError("no"), ExitCode.USAGE, "usage"),
        (exceptions.ObjectNotFound("no"), ExitCode.FAILED, "object_not_found"),
        (exceptions.StoreFull("no"), ExitCode.STORE_FULL, "store_full"),
        (exceptions.StoreError("no"), ExitCode.STORE_ERROR, "store"),
        (exceptions.StoreOnNetworkFilesystem("no"), ExitCode.STORE_ON_NETWORK_FILESYSTEM, None),
        (PermissionError(13, "Permission denied", "/x"), ExitCode.FAILED, "system"),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED, "interrupted"),
        (ZeroDivisionError("by zero"), ExitCode.FAILED, "unexpected"),
    ],
)
def test_exceptions_become_exit_codes(error, exit_code, code):
    outcome = outcome_of(error)

    assert outcome.exit_code is exit_code
    assert code in (None, outcome.code)


def test_every_kind_of_store_error_has_a_code_of_its_own():
    codes = {kind: outcome_of(kind("no")).exit_code for kind in kinds_of(exceptions.StoreError)}

    assert len(set(codes.values())) == len(codes)
    assert min(codes.values()) >= ExitCode.STORE_ERROR


def test_the_hint_of_an_error_is_its_next_step():
    assert outcome_of(exceptions.ObjectNotFound("no", hint="pacc flow ls")).hint == "pacc flow ls"


def test_sentences_begin_in_lower_case_unless_they_begin_with_a_name():
    assert outcome_of(CommandError("Nothing")).message == "Nothing"
    assert outcome_of(exceptions.ObjectNotFound("There is none")).message == "there is none"
    assert outcome_of(exceptions.ObjectNotFound("PACC_HOME is set twice")).message.startswith("PACC_HOME")


def test_what_was_not_expected_names_the_way_to_the_traceback():
    outcome = outcome_of(ZeroDivisionError("by zero"))

    assert "ZeroDivisionError: by zero" in outcome.message
    assert "--debug" in outcome.hint
