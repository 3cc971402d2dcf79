"""File systems as blocks: the same promises for a folder and for a URL, saved and loaded, in both colours."""

from __future__ import annotations

import asyncio
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc._internal.ignoring import ignored_by
from pacc.blocks.core import Block
from pacc.filesystems import SMB, LocalFileSystem, NullFileSystem, RemoteFileSystem, WritableFileSystem

FILES = {"a.py": b"a", "b.pyc": b"b", "deep/c.txt": b"c", "deep/er/d.pyc": b"d"}


@pytest.fixture(params=["folder", "memory"])
def files(request, tmp_path):
    """A saved file system, loaded again."""
    made = (
        LocalFileSystem(basepath=tmp_path / "kept")
        if request.param == "folder"
        else RemoteFileSystem(basepath=f"memory://{tmp_path.name}")
    )
    made.save("kept")
    return type(made).load("kept")


@pytest.fixture
def project(tmp_path):
    """A folder with files in it."""
    for path, content in FILES.items():
        (tmp_path / "project" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "project" / path).write_bytes(content)
    (tmp_path / "ignore").write_text("# bytecode\n*.pyc\n")
    return tmp_path / "project"


def found_below(folder):
    return {
        os.path.relpath(os.path.join(inside, name), folder)
        for inside, _, names in os.walk(folder)
        for name in names
    }


def test_what_is_written_is_read(files):
    place = files.write_path("a/b.txt", b"hello")
    assert place.endswith("/a/b.txt")
    assert files.read_path("a/b.txt") == b"hello"
    with pytest.raises(FileNotFoundError):
        files.read_path("nothing")


def test_in_async_code_the_plain_names_are_awaited(files):
    async def use():
        await files.write_path("a.txt", b"one")
        await files.awrite_path("b.txt", b"two")
        return await files.read_path("a.txt"), await files.aread_path("b.txt")

    assert asyncio.run(use()) == (b"one", b"two")


@pytest.mark.parametrize("path", ["../out", "/etc/passwd", "a/../../out"])
def test_no_path_leads_out(files, path, tmp_path):
    for use in (
        lambda: files.read_path(path),
        lambda: files.write_path(path, b""),
        lambda: files.get_directory(path, str(tmp_path / "copy")),
        lambda: files.put_directory(str(tmp_path), path),
    ):
        with pytest.raises(ValueError, match="does not lie inside"):
            use()


def test_a_folder_is_put_and_fetched_whole(files, project, tmp_path):
    files.put_directory(str(project), "code")
    files.get_directory("code", str(tmp_path / "copy"))
    assert found_below(tmp_path / "copy") == set(FILES)
    assert (tmp_path / "copy" / "deep" / "c.txt").read_bytes() == b"c"


def test_what_an_ignore_file_names_is_left_out(files, project, tmp_path):
    files.put_directory(str(project), ignore_file=str(tmp_path / "ignore"))
    files.get_directory(local_path=str(tmp_path / "copy"))
    assert found_below(tmp_path / "copy") == {"a.py", "deep/c.txt"}


def test_a_folder_that_is_not_there_is_said(files, tmp_path):
    with pytest.raises(FileNotFoundError):
        files.get_directory("nothing", str(tmp_path / "copy"))
    with pytest.raises(FileNotFoundError):
        files.put_directory(str(tmp_path / "nothing"))


def test_a_folder_put_into_one_inside_itself_is_copied_once(project):
    LocalFileSystem(basepath=project / "inside").put_directory(str(project))
    assert found_below(project / "inside") == set(FILES)


def test_files_that_are_there_can_be_left(project, tmp_path):
    files = RemoteFileSystem(basepath=f"memory://{tmp_path.name}")
    files.write_path("a.py", b"older")
    assert files.put_directory(str(project), overwrite=False) == len(FILES) - 1
    assert files.read_path("a.py") == b"older"
    assert files.put_directory(str(project)) == len(FILES)
    assert files.read_path("a.py") == b"a"


def test_they_say_what_they_can_do():
    able = {"get-directory", "put-directory", "read-path", "write-path"}
    assert LocalFileSystem.get_block_capabilities() == RemoteFileSystem.get_block_capabilities() == able
    assert SMB.get_block_capabilities() == able
    assert LocalFileSystem.get_block_type_slug() == "local-file-system"
    assert SMB.model_json_schema()["secret_fields"] == ["smb_username", "smb_password"]


def test_a_base_cannot_be_used_itself_and_one_of_ones_own_can():
    with pytest.raises(TypeError, match="abstract"):
        WritableFileSystem()

    class Kept(WritableFileSystem):
        def read_path(self, path):
            return path.encode()

        def write_path(self, path, content):
            return None

    Kept().save("it")
    assert Block.load("kept/it").read_path("x") == b"x"


def test_a_remote_one_needs_a_url_and_a_protocol_that_is_known():
    with pytest.raises(ValueError, match="needs a URL"):
        RemoteFileSystem(basepath="bucket/folder")
    with pytest.raises(Exception, match="nonsense:// cannot be reached"):
        RemoteFileSystem(basepath="nonsense://bucket").read_path("x")


def test_a_share_is_a_url_and_hides_who_reads_it():
    share = SMB(share_path="/share/da ta", smb_host="files", smb_username="ada", smb_password="p-canary")
    assert share.basepath == "smb://files/share/da%20ta"
    assert share.place().settings == {"host": "files", "username": "ada", "password": "p-canary"}
    assert "canary" not in repr(share)


def test_nothing_is_kept_nowhere(project, tmp_path):
    NullFileSystem().write_path("a", b"x")
    with pytest.raises(FileNotFoundError):
        NullFileSystem().read_path("a")
    NullFileSystem().put_directory(str(project), "kept")
    NullFileSystem().get_directory("kept", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("patterns", "ignored", "kept"),
    [
        (["*.pyc"], ["a.pyc", "d/a.pyc"], ["a.py", "pyc"]),
        (["build/"], ["build/x", "d/build/x"], ["build"]),
        (["/build"], ["build", "build/x"], ["d/build"]),
        (["doc/*.txt"], ["doc/a.txt"], ["doc/d/a.txt", "x/doc/a.txt"]),
        (["doc/**/a.txt"], ["doc/a.txt", "doc/x/y/a.txt"], ["a.txt"]),
        (["*.log", "!keep.log"], ["a.log"], ["keep.log"]),
        (["a?.py"], ["ab.py"], ["a.py", "abc.py"]),
        (["# *", "", "  "], [], ["a", "# x"]),
        (["[ab].py"], ["[ab].py"], ["a.py"]),
    ],
)
def test_patterns_are_gits(patterns, ignored, kept):
    is_ignored = ignored_by(patterns)
    assert [path for path in ignored if not is_ignored(path)] == []
    assert [path for path in kept if is_ignored(path)] == []


@given(st.lists(st.text(), max_size=3), st.text(min_size=1))
def test_any_text_is_a_pattern(patterns, path):
    assert ignored_by(patterns)(path) in (True, False)
