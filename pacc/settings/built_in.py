"""The profiles that come with pacc; they are never written to the user's file unless the user changes them.

Prefect's tell servers apart (`ephemeral`, `local`, `cloud`), which pacc has none of. So there is `default`, which sets nothing, and
`test`, which trades a power cut's worth of durability for speed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

DEFAULT_PROFILE = "default"

DEFAULT_PROFILES_PATH = Path(__file__)
"""The source of the profiles that come with pacc."""

BUILT_IN: dict[str, dict[str, Any]] = {
    DEFAULT_PROFILE: {},
    "test": {"PACC_STORE_SYNCHRONOUS": "normal"},
}
