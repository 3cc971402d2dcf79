"""Log files read from either end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc._internal.ids import new_id
from pacc.store import log_files
from pacc.store.log_files import lines, lines_backwards, log_path

CONTENT = st.lists(
    st.binary(max_size=40).map(lambda part: part.replace(b"\n", b"")) | st.just(b"\n"), max_size=30
)


def whole_lines(content):
    """What a reader must see: every line that ends, but for empty ones, with its offset."""
    found, offset = [], 0
    for line in content.split(b"\n")[:-1]:
        if line:
            found.append((offset, line))
        offset += len(line) + 1
    return found


@given(content=CONTENT.map(b"".join), block=st.integers(1, 20))
def test_both_directions_see_every_whole_line(tmp_path_factory, content, block):
    path = tmp_path_factory.mktemp("logs") / "run.jsonl"
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_files, "_BLOCK", block)
        backwards = list(lines_backwards(path))
    assert list(lines(path)) == whole_lines(content)
    assert backwards == whole_lines(content)[::-1]


def test_reading_can_start_anywhere(tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_bytes(b"one\ntwo\nthree\nhal")
    assert list(lines(path, 4)) == [(4, b"two"), (8, b"three")]
    assert list(lines(path, 100)) == []


def test_a_run_that_said_nothing_has_no_lines(tmp_path):
    assert list(lines(tmp_path / "none.jsonl")) == list(lines_backwards(tmp_path / "none.jsonl")) == []


def test_the_last_lines_of_a_large_file_are_read_without_the_rest(tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_bytes(b"".join(b"%d\n" % number for number in range(200_000)))
    found = lines_backwards(path)
    assert [next(found)[1] for _ in range(2)] == [b"199999", b"199998"]
    found.close()


@pytest.mark.parametrize("name", ["../pacc.db", "", "a/b", "0193", "0193\x00"])
def test_only_an_id_names_a_log(tmp_path, name):
    with pytest.raises(ValueError, match="UUID"):
        log_path(tmp_path, name)


def test_every_spelling_of_an_id_names_the_same_log(tmp_path):
    run_id = new_id()
    assert (
        log_path(tmp_path, run_id.upper())
        == log_path(tmp_path, run_id)
        == tmp_path / "logs" / f"{run_id}.jsonl"
    )
