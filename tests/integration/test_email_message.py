"""`email_send_message` against a real mail server on loopback."""

from __future__ import annotations

import asyncio
from email import message_from_bytes, policy

import pytest
from listening import unused_port

from pacc import flow
from pacc.exceptions import ConfigurationError, InvalidValueError
from pacc.integrations.email import EmailServerCredentials, SMTPServer, SMTPType, email_send_message


@pytest.fixture
def credentials(smtp_service):
    """A block that leads to the server, saved and loaded."""
    smtp_service.password = "canary-1"
    EmailServerCredentials(
        username="ada@example.com", password="canary-1", smtp_server="127.0.0.1", smtp_port=smtp_service.port,
        smtp_type="insecure",
    ).save("mine")  # fmt: skip
    return EmailServerCredentials.load("mine")


def test_a_mail_arrives_with_its_texts_its_pictures_and_its_files(smtp_service, credentials, tmp_path):
    (tmp_path / "chart.png").write_bytes(b"\x89PNG")
    (tmp_path / "report.csv").write_bytes(b"a,b\n")

    @flow
    def my_flow():
        return email_send_message(
            "nightly", '<b>done</b><img src="cid:chart">', credentials, msg_plain="done",
            email_to="ada@example.com, bob@example.com", email_to_cc=["eve@example.com"],
            email_to_bcc="mallory@example.com", attachments=[str(tmp_path / "report.csv")],
            inline_images={"chart": str(tmp_path / "chart.png")},
        )  # fmt: skip

    my_flow()
    (taken,) = smtp_service.wait()
    assert taken["from"] == "ada@example.com"
    assert taken["to"] == [f"{name}@example.com" for name in ("ada", "bob", "eve", "mallory")]
    mail = message_from_bytes(taken["data"], policy=policy.default)
    assert (mail["subject"], mail["cc"]) == ("nightly", "eve@example.com")
    assert "mallory" not in taken["data"].decode()
    assert mail.get_body(("plain",)).get_content().strip() == "done"
    assert "<b>done</b>" in mail.get_body(("html",)).get_content()
    parts = {part["content-id"]: part for part in mail.walk() if part["content-id"]}
    assert parts["<chart>"].get_content() == b"\x89PNG"
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("report.csv", "text/csv")


def test_in_async_code_the_task_is_awaited(smtp_service, credentials):
    @flow
    async def my_flow():
        await email_send_message("nightly", "<b>done</b>", credentials, email_to="bob@example.com")

    asyncio.run(my_flow())
    assert smtp_service.wait()[0]["to"] == ["bob@example.com"]


@pytest.mark.parametrize(
    ("fields", "changes", "error", "said"),
    [
        ({}, {}, InvalidValueError, "nobody gets the mail"),
        ({"email_to": "a@b"}, {"username": None}, InvalidValueError, "nobody sends the mail"),
        ({"email_to": "a@b"}, {"password": "other"}, ConfigurationError, "cannot be used: nobody knows you"),
        ({"email_to": "a@b"}, {"smtp_port": None}, ConfigurationError, "cannot be used: Connection refused"),
        ({"email_to": "a@b", "attachments": ["none.csv"]}, {}, FileNotFoundError, "none.csv"),
    ],
)
def test_a_mail_that_cannot_be_sent_says_why(smtp_service, credentials, fields, changes, error, said):
    if "smtp_port" in changes:
        changes = {"smtp_port": unused_port()}
    changed = EmailServerCredentials(**{**dict(credentials), **changes})
    with pytest.raises(error, match=said) as raised:
        email_send_message.fn("nightly", "done", changed, **fields)
    assert "canary" not in str(raised.value)
    assert smtp_service.messages == []


def test_servers_and_types_are_named_in_any_case():
    made = EmailServerCredentials(smtp_server="outlook", smtp_type="starttls")
    assert (made.smtp_server, made.smtp_type) == (SMTPServer.OUTLOOK, SMTPType.STARTTLS)
    assert EmailServerCredentials(smtp_server="mail.example").smtp_server == "mail.example"
    made.save("outlook")
    assert EmailServerCredentials.load("outlook") == made
    with pytest.raises(ValueError, match='"plain" is none of SSL, STARTTLS, INSECURE'):
        EmailServerCredentials(smtp_type="plain")
    assert "canary" not in repr(EmailServerCredentials(password="canary-2"))
