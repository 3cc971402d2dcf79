"""A seal holds for one home, one place and one text of bytes; its key is its owner's alone."""

from __future__ import annotations

import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc._internal import seals


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(seals, "_keys", {})
    return tmp_path


def made_by_another_process(home, monkeypatch):
    monkeypatch.setattr(seals, "_keys", {})
    return seals.Seals(home)


def test_what_was_sealed_opens_in_another_process_of_the_home(home, monkeypatch):
    sealed = seals.Seals(home).seal("here", b"data")
    assert made_by_another_process(home, monkeypatch).opened("here", sealed) == b"data"


@given(st.binary(max_size=40), st.integers(min_value=0), st.integers(1, 255))
def test_a_changed_byte_is_noticed(tmp_path_factory, data, position, change):
    made = seals.Seals(tmp_path_factory.getbasetemp())
    sealed = bytearray(made.seal("here", data))
    sealed[position % len(sealed)] ^= change
    with pytest.raises(ValueError, match="not sealed here"):
        made.opened("here", bytes(sealed))


def test_what_was_sealed_elsewhere_does_not_open(home):
    made = seals.Seals(home)
    with pytest.raises(ValueError, match="not sealed here"):
        made.opened("there", made.seal("here", b"data"))


def test_a_key_that_others_may_read_or_that_is_a_link_is_replaced(home, monkeypatch):
    path = home / seals.FILE_NAME
    sealed = seals.Seals(home).seal("here", b"data")
    path.chmod(0o644)
    with pytest.raises(ValueError, match="not sealed here"):
        made_by_another_process(home, monkeypatch).opened("here", sealed)
    (home / "theirs").write_bytes(b"x" * 32)
    path.unlink()
    path.symlink_to(home / "theirs")
    made_by_another_process(home, monkeypatch)
    assert not path.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes() != b"x" * 32


def test_many_at_once_make_one_key(home, monkeypatch):
    made = []
    threads = [threading.Thread(target=lambda: made.append(seals._made(home / "key"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert os.listdir(home) == ["key"]
