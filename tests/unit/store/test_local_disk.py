"""A network file system is refused by name."""

from __future__ import annotations

import os

import pytest

from pacc.exceptions import StoreOnNetworkFilesystem
from pacc.store import local_disk
from pacc.store.local_disk import filesystem, require_local

MOUNTS = r"""
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
36 22 0:32 / /mnt/share rw,relatime shared:2 - nfs4 host:/export rw
37 36 0:33 / /mnt/share/inner rw - tmpfs tmpfs rw
38 22 0:34 / /mnt/with\040space rw - cifs //host/x rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/me", "ext4"),
        ("/mnt/share", "nfs4"),
        ("/mnt/share/home", "nfs4"),
        ("/mnt/shared", "ext4"),
        ("/mnt/share/inner/x", "tmpfs"),
        ("/mnt/with space/x", "cifs"),
    ],
)
def test_the_longest_mount_point_counts(path, kind):
    assert filesystem(path, MOUNTS) == kind


@pytest.mark.parametrize("name", ["größer", "диск", "\udcff"])
def test_a_mount_point_has_any_name(name):
    other = os.fsencode(f"39 22 0:35 / /mnt/{name} rw - fuse.sshfs host:/x rw").decode("latin-1")
    assert filesystem(f"/mnt/{name}/x", f"{MOUNTS}{other}\n") == "fuse.sshfs"


def test_this_machines_disk_is_fine(tmp_path):
    require_local(tmp_path)


def test_a_network_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "major", lambda device: 0)
    monkeypatch.setattr(local_disk, "filesystem", lambda path, mounts: "nfs4")
    with pytest.raises(StoreOnNetworkFilesystem, match="nfs4"):
        require_local(tmp_path)
