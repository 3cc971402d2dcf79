"""A message to a chat when a flow fails, sent by a block in a hook.

For every flow at once, killed ones included, no code is needed: `pacc notify add --on failed,crashed --to URL`.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from pacc import flow
from pacc.blocks.notifications import CustomWebhookNotificationBlock


class Chat(BaseHTTPRequestHandler):
    """A chat on loopback that prints what it is told."""

    def do_POST(self) -> None:
        """Take a message."""
        message = json.loads(self.rfile.read(int(self.headers["content-length"])))
        print("The chat was told:", message["text"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing of requests."""


def tell(flow: Any, run: Any, state: Any) -> None:
    """Tell the chat that a run has failed."""
    block = CustomWebhookNotificationBlock.load("chat")
    block.notify(state.message, subject=f"{flow.name}/{run.name}")


@flow(on_failure=[tell])
def nightly() -> None:
    """Fail, as flows sometimes do."""
    raise ValueError("the table is empty")


if __name__ == "__main__":
    chat = HTTPServer(("127.0.0.1", 0), Chat)
    threading.Thread(target=chat.serve_forever, daemon=True).start()
    CustomWebhookNotificationBlock(
        name="chat",
        url=f"http://127.0.0.1:{chat.server_port}",
        json_data={"text": "{{subject}}: {{body}}"},
    ).save("chat", overwrite=True)
    nightly(return_state=True)
