"""Refuses network file systems by name: their locks and shared memory are not what SQLite's write-ahead log needs."""

from __future__ import annotations

import os
from pathlib import Path

from pacc.exceptions import StoreOnNetworkFilesystem

_NETWORK = {
    "9p", "afs", "beegfs", "ceph", "cifs", "fuse.ceph-fuse", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs",
    "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "smb3", "smbfs",
}  # fmt: skip


def require_local(folder: Path) -> None:
    """Do nothing on a local disk.

    Raises:
        StoreOnNetworkFilesystem: The folder lies on a network.
    """
    if os.major(os.stat(folder).st_dev) != 0:  # a block device of this machine
        return
    try:
        mounts = Path("/proc/self/mountinfo").read_text("latin-1")
    except OSError:
        return
    kind = filesystem(os.path.realpath(folder), mounts)
    if kind in _NETWORK:
        raise StoreOnNetworkFilesystem(
            f"the folder {folder} lies on a network file system ({kind}), where locks cannot be trusted",
            hint="Set PACC_HOME to a folder on a local disk.",
        )


def filesystem(path: str, mounts: str) -> str | None:
    """Return the kind of file system a path is on, from the text of `/proc/self/mountinfo`, each byte of it a character.

    Example:
        >>> filesystem("/mnt/share/x", "36 25 0:32 / /mnt/share rw - nfs4 host:/ rw")
        'nfs4'
    """
    longest, kind = -1, None
    path = os.fsencode(path).decode("latin-1")
    for line in mounts.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5:
            continue
        point = fields[4].encode("latin-1").decode("unicode_escape", "replace").rstrip("/")
        if (path == point or path.startswith(f"{point}/")) and len(point) >= longest:
            longest, kind = len(point), after.split(" ")[0]
    return kind
