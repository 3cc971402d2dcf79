"""Where results are kept: paths stay inside, files are whole, private and one's own."""

from __future__ import annotations

import os
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc.filesystems.folders import Folder, UnsafeFile
from pacc.filesystems.places import NamedPlace, place_for
from pacc.filesystems.remotes import Remote


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "kept")


@pytest.fixture(params=["folder", "memory"])
def anywhere(request, tmp_path):
    """The same promises wherever it is."""
    return Folder(tmp_path) if request.param == "folder" else Remote(f"memory://{tmp_path.name}")


def test_what_is_written_is_read(anywhere):
    anywhere.write_path("a/b.txt", b"hello")
    assert anywhere.read_path("a/b.txt") == b"hello"
    anywhere.delete_path("a/b.txt")
    anywhere.delete_path("a/b.txt")
    with pytest.raises(FileNotFoundError):
        anywhere.read_path("a/b.txt")


@pytest.mark.parametrize("path", ["../out", "/etc/passwd", "a/../../out", "", ".", "a\0b"])
def test_no_path_leads_out(anywhere, path):
    with pytest.raises(ValueError, match="does not lie inside"):
        anywhere.write_path(path, b"")


@given(st.text())
def test_any_text_is_a_path_inside_or_refused(path):
    folder = Folder("/srv/kept")
    try:
        place = folder.path_of(path)
    except ValueError:
        return
    assert os.path.normpath(place).startswith("/srv/kept/")


def test_files_and_folders_are_the_owners_alone(folder):
    old = os.umask(0)
    try:
        place = folder.write_path("deep/er/file", b"x")
    finally:
        os.umask(old)
    assert os.stat(place).st_mode & 0o777 == 0o600
    assert os.stat(os.path.dirname(place)).st_mode & 0o777 == 0o700


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(folder, monkeypatch):
    folder.write_path("file", b"old")

    def fail(*_):
        raise OSError("no")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no"):
        folder.write_path("file", b"new")
    assert folder.read_path("file") == b"old"
    assert os.listdir(folder.location) == ["file"]


def test_links_other_peoples_files_and_pipes_are_not_ones_own(folder, tmp_path):
    place = folder.write_path("file", b"x")
    assert folder.read_own("file")[0] == b"x"
    os.chmod(place, 0o666)
    with pytest.raises(UnsafeFile, match="other users may write it"):
        folder.read_own("file")
    os.symlink(place, folder.path_of("link"))
    with pytest.raises(UnsafeFile, match="it is a link"):
        folder.read_own("link")
    os.mkfifo(folder.path_of("pipe"))
    with pytest.raises(UnsafeFile, match="no regular file"):
        folder.read_own("pipe")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_bytes(b"x")
    os.symlink(tmp_path / "elsewhere", folder.path_of("linked"))
    with pytest.raises(UnsafeFile, match="from another folder"):
        folder.read_own("linked/file")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_is_not_ones_own(folder):
    os.chown(folder.write_path("file", b"x"), 12345, -1)
    with pytest.raises(UnsafeFile, match="another user"):
        folder.read_own("file")


def test_a_path_a_url_and_a_file_system_are_understood(tmp_path):
    assert place_for(tmp_path) == place_for(str(tmp_path)) == Folder(tmp_path)
    assert place_for("./results").location == os.path.join(os.getcwd(), "results")
    assert place_for(f"file://{tmp_path}") == Folder(tmp_path)
    assert place_for("memory://here") == Remote("memory://here")


def test_the_name_of_a_block_is_one_and_a_thing_that_is_no_place_is_refused():
    assert place_for("s3-bucket/mine") == NamedPlace("s3-bucket/mine")
    with pytest.raises(TypeError, match="not in 3"):
        place_for(3)
    with pytest.raises(ValueError, match="needs a URL"):
        Remote("bucket/folder")


def test_a_folder_of_a_zip_is_copied_unless_a_name_leads_out_of_it(tmp_path):
    for kind, names in {"good": ["x/a.py", "x/deep/b..py"], "bad": ["x/a.py", "x/../../evil.py"]}.items():
        with zipfile.ZipFile(tmp_path / f"{kind}.zip", "w") as zipped:
            for name in names:
                zipped.writestr(name, name)
    Remote("zip://x", {"fo": str(tmp_path / "good.zip")}).get_folder(None, str(tmp_path / "to"))
    assert (tmp_path / "to" / "deep" / "b..py").read_text() == "x/deep/b..py"
    with pytest.raises(ValueError, match="would come to lie outside of"):
        Remote("zip://x", {"fo": str(tmp_path / "bad.zip")}).get_folder(None, str(tmp_path / "here" / "to"))
    assert not (tmp_path / "here").exists()
