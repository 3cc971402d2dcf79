"""Write into a built wheel which commit it was built from and when; `pacc version` tells."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RecordBuild(BuildHookInterface[Any]):
    """Adds `pacc/_build.json` to the wheel; an editable install has none and asks git instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the file beside the build and have it included."""
        if version == "editable":
            return
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name, "_build.json")
        path.write_text(json.dumps({"commit": commit(self.root), "built": moment().isoformat()}))
        build_data["force_include"][str(path)] = "pacc/_build.json"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove what `initialize` wrote."""
        if version != "editable":
            self.folder.cleanup()


def commit(root: str) -> str | None:
    """Return the abbreviated commit, `-dirty` behind it when files differ; nothing outside a checkout."""
    if not Path(root, ".git").exists():
        return None
    command = ["git", "-C", root, "describe", "--always", "--dirty", "--abbrev=8", "--exclude=*"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() or None


def moment() -> datetime:
    """Return now, or what `SOURCE_DATE_EPOCH` says for a build that can be repeated."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC).replace(microsecond=0)
