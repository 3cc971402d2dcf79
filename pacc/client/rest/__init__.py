"""Prefect's REST addresses, answered in this process by the same services as everything else; no server has to be there."""

from __future__ import annotations

from pacc.client.rest.answering import Answer, answer, routes

__all__ = ["Answer", "answer", "routes"]
