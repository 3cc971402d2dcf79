"""What the commands of `pacc work-pool storage` say."""

from __future__ import annotations

HELP = "Say where the code of runs is, which no pool has to store."

WHY = (
    "a work pool stores no code: its workers are on this machine, and each deployment says where its code is"
)

INSTEAD = "name a step that brings the code, such as git_clone, under `pull` in pacc.yaml"
