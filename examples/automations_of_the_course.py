"""Automations of the course: tell by mail and in a chat when a run fails, run one deployment after another, stop what keeps failing.

The program that serves the deployments is this one again, started with the word `serve`; it evaluates the automations too.
"""

from __future__ import annotations

import socketserver
import subprocess
import sys
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from pacc import flow, get_client, serve
from pacc.automations import (
    Automation,
    CallWebhook,
    CancelFlowRun,
    EventTrigger,
    PauseDeployment,
    Posture,
    ResumeDeployment,
    SendNotification,
)
from pacc.blocks.notifications import Email
from pacc.blocks.webhook import Webhook
from pacc.deployments import run_deployment
from pacc.events import DeploymentEventTrigger

TOLD: list[str] = []
"""What the chat was told."""
MAILS: list[str] = []
"""What was mailed."""

FLOW_RUNS = {"prefect.resource.id": "prefect.flow-run.*"}


class Chat(BaseHTTPRequestHandler):
    """A chat on loopback."""

    def do_POST(self) -> None:
        """Take a message."""
        TOLD.append(self.rfile.read(int(self.headers["content-length"])).decode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing of requests."""


class Mailbox(socketserver.StreamRequestHandler):
    """A mail server on loopback, which takes whatever it is sent."""

    def handle(self) -> None:
        """Take mails from one sender."""
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline().strip().upper():
            if line == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                MAILS.append(b"".join(lines).decode())
            self.wfile.write(b"221 bye\r\n" if line == b"QUIT" else b"250 ok\r\n")
            if line == b"QUIT":
                return


@flow
def extract(fail: bool = False) -> None:
    """Get rows, or fail."""
    if fail:
        raise ValueError("no rows")


@flow
def report(of: str = "nobody") -> str:
    """Make something of the rows of another run."""
    return f"made of {of}"


def of_extract(**more: Any) -> EventTrigger:
    """Return a trigger over the runs of the flow `extract`."""
    return EventTrigger(match=FLOW_RUNS, match_related={"prefect.resource.name": "extract"}, **more)


def make_automations(chat: str, mail_port: int) -> None:
    """Make what the course makes; the deployment of the reports, which runs when another's run completes, has its own."""
    Webhook(url=chat).save("chat", overwrite=True)
    hook = Webhook.load("chat")
    failed = of_extract(expect={"prefect.flow-run.Failed"})
    says = "{{ flow.name }}: {{ flow_run | error_summary }}"
    Automation(
        name="tell the chat",
        trigger=failed,
        actions=[CallWebhook(block_document_id=hook._block_document_id, payload=says)],  # noqa: SLF001 - Prefect's name for it
    ).create()
    mail = Email(
        smtp_server="127.0.0.1",
        smtp_port=mail_port,
        smtp_type="INSECURE",
        from_email="pacc@example.com",
        to_emails=["ada@example.com"],
    )
    mail.save("ada", overwrite=True)
    Automation(
        name="mail to Ada",
        trigger=failed,
        actions=[
            SendNotification(
                block_document_id=mail._block_document_id,  # noqa: SLF001 - as above
                subject="{{ flow.name }} failed",
                body=says,
            )
        ],
    ).create()
    Automation(
        name="break the circuit",
        trigger=of_extract(expect={"prefect.flow-run.Failed"}, threshold=3, within=timedelta(minutes=10)),
        actions=[PauseDeployment(source="inferred")],
    ).create()
    Automation(
        name="close it again",
        trigger=EventTrigger(
            after={"prefect.deployment.updated"},
            expect={"prefect.deployment.deleted"},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            within=timedelta(hours=1),
        ),
        actions=[ResumeDeployment(source="inferred")],
    ).create()
    Automation(
        name="nothing runs for an hour",
        trigger=of_extract(
            after={"prefect.flow-run.Running"},
            expect={"prefect.flow-run.*"},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            within=timedelta(hours=1),
        ),
        actions=[CancelFlowRun()],
    ).create()


def deployments() -> list[Any]:
    """Return what is served: `report` runs by itself when a run of `extract` has completed."""
    completed = DeploymentEventTrigger(
        name="downstream",
        expect={"prefect.flow-run.Completed"},
        match_related={"prefect.resource.name": "extract"},
        parameters={"of": "{{ flow_run.name }}"},
    )
    return [extract.to_deployment("it"), report.to_deployment("it", triggers=[completed])]


def reports(client: Any) -> list[Any]:
    """Return the runs that the automation started."""
    return [run for run in client.read_flow_runs() if run.parameters.get("of")]


def wait_until(done: Any) -> None:
    """Wait half a minute at most until something is true."""
    until = time.monotonic() + 30
    while not done() and time.monotonic() < until:
        time.sleep(0.05)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve(*deployments())
    else:
        chat = HTTPServer(("127.0.0.1", 0), Chat)
        mailbox = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox)
        for each in (chat, mailbox):
            threading.Thread(target=each.serve_forever, daemon=True).start()
        for each in deployments():
            each.apply()
        make_automations(f"http://127.0.0.1:{chat.server_port}", mailbox.server_address[1])
        server = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.DEVNULL)
        client = get_client(sync_client=True)
        try:
            run_deployment("extract/it", timeout=60)
            wait_until(lambda: reports(client))
            print(f"A report was started by {reports(client)[0].created_by.display_value!r}")
            for _ in range(3):
                run_deployment("extract/it", parameters={"fail": True}, timeout=60)
            wait_until(lambda: client.read_deployment_by_name("extract/it").paused and len(TOLD) == 3)
            print(f"The chat was told {len(TOLD)} times: {TOLD[0]}")
            wait_until(lambda: len(MAILS) == 3)
            print(f"Ada got {len(MAILS)} mails")
            print(f"The deployment is paused: {client.read_deployment_by_name('extract/it').paused}")
        finally:
            server.terminate()
            server.wait()
