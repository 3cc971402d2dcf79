"""Only a machine that went down with the store open makes the file suspicious."""

from __future__ import annotations

import pytest

from pacc.exceptions import StoreDamaged
from pacc.store import migrate
from pacc.store.presence import Presence


@pytest.fixture
def path(tmp_path):
    return tmp_path / "pacc.db"


def come_and_go(path, boot):
    presence = Presence(path, boot)
    suspicious = presence.enter()
    presence.settle()
    presence.close()
    return suspicious


def test_a_log_left_in_the_same_boot_is_a_killed_process(path):
    come_and_go(path, b"boot 1")
    path.with_name("pacc.db-wal").write_bytes(b"log")
    assert not come_and_go(path, b"boot 1")


def test_a_log_left_in_an_earlier_boot_is_suspicious_until_checked(path):
    come_and_go(path, b"boot 1")
    path.with_name("pacc.db-wal").write_bytes(b"log")
    assert come_and_go(path, b"boot 2")
    presence = Presence(path, b"boot 2")
    assert presence.enter()
    presence.checked()
    presence.settle()
    presence.close()
    assert not come_and_go(path, b"boot 2")


def test_an_earlier_boot_that_ended_cleanly_is_fine(path):
    come_and_go(path, b"boot 1")
    assert not come_and_go(path, b"boot 2")


def test_while_others_have_it_open_there_is_nothing_to_suspect(path):
    come_and_go(path, b"boot 1")
    first = Presence(path, b"boot 2")
    first.enter()
    first.settle()
    path.with_name("pacc.db-wal").write_bytes(b"log")
    assert not come_and_go(path, b"boot 3")
    first.close()


def test_a_suspicious_file_is_checked_before_use(new_store, tmp_path, monkeypatch):
    new_store()._presence.close()
    home = tmp_path / "home"
    (home / "pacc.db-open").write_bytes(b"an earlier boot")
    monkeypatch.setattr(Presence, "_log_left", lambda self: True)
    monkeypatch.setattr(migrate.sqlite, "problems", lambda connection, thorough=False: ["row 5 missing"])
    with pytest.raises(StoreDamaged, match="row 5 missing"):
        new_store(home)


def test_a_suspicious_file_that_is_whole_is_used(new_store, tmp_path, monkeypatch):
    new_store()._presence.close()
    (tmp_path / "home" / "pacc.db-open").write_bytes(b"an earlier boot")
    monkeypatch.setattr(Presence, "_log_left", lambda self: True)
    new_store()
