"""A task that sends one mail."""

from __future__ import annotations

import mimetypes
from email.message import EmailMessage
from pathlib import Path
from smtplib import SMTPException
from typing import TYPE_CHECKING

from pacc.exceptions import InvalidValueError
from pacc.integrations._tasks import EitherColourTask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pacc.integrations.email.credentials import EmailServerCredentials

__all__ = ["email_send_message"]


def _send_message(
    subject: str,
    msg: str,
    email_server_credentials: EmailServerCredentials,
    msg_plain: str | None = None,
    email_from: str | None = None,
    email_to: str | list[str] | None = None,
    email_to_cc: str | list[str] | None = None,
    email_to_bcc: str | list[str] | None = None,
    attachments: list[str] | None = None,
    inline_images: dict[str, str] | None = None,
) -> EmailMessage:
    """Send a mail and return it.

    Args:
        subject: its subject.
        msg: its text, as HTML.
        email_server_credentials: where it is handed in.
        msg_plain: its text for readers that show no HTML.
        email_from: whose mail it is; the user's who logs in unless given.
        email_to: who gets it: one address, several with commas between, or a list.
        email_to_cc: who gets a copy.
        email_to_bcc: who gets one that the others do not know of.
        attachments: files that come along.
        inline_images: files of pictures, by the names the text shows them by, as in `<img src="cid:chart">`.

    Raises:
        InvalidValueError: nobody sends it or nobody gets it, or the server refuses it.
        FileNotFoundError: a file is not there.
        ConfigurationError: the server cannot be used.

    >>> email_send_message("nightly", "<b>done</b>", EmailServerCredentials.load("mine"), email_to="ada@example.com")  # doctest: +SKIP
    """
    to, copied, hidden = _addresses(email_to), _addresses(email_to_cc), _addresses(email_to_bcc)
    sender = email_from or email_server_credentials.username
    if not to + copied + hidden:
        raise InvalidValueError("nobody gets the mail; give `email_to`, `email_to_cc` or `email_to_bcc`")
    if not sender:
        raise InvalidValueError("nobody sends the mail; give `email_from`, or credentials with a username")
    mail = _composed(msg, msg_plain, inline_images or {}, attachments or ())
    named = {"Subject": subject, "From": sender, "To": ", ".join(to), "Cc": ", ".join(copied)}
    for name, value in named.items():
        if value:
            mail[name] = value
    with email_server_credentials.get_server() as server:
        try:
            server.send_message(mail, sender, to + copied + hidden)
        except SMTPException as error:
            raise InvalidValueError(f"the mail server refuses the mail: {error}") from error
    return mail


def _addresses(given: str | list[str] | None) -> list[str]:
    words = given.split(",") if isinstance(given, str) else given or []
    return [word.strip() for word in words if word.strip()]


def _composed(
    html: str, plain: str | None, images: Mapping[str, str], attachments: Iterable[str]
) -> EmailMessage:
    mail = EmailMessage()
    if plain is not None:
        mail.set_content(plain)
        mail.add_alternative(html, subtype="html")
    else:
        mail.set_content(html, subtype="html")
    text = mail.get_body(("html",))
    for name, path in images.items():
        if isinstance(text, EmailMessage):
            content, kind = _file(path)
            text.add_related(content, *kind, cid=f"<{name}>")
    for path in attachments:
        content, kind = _file(path)
        mail.add_attachment(content, *kind, filename=Path(path).name)
    return mail


def _file(path: str) -> tuple[bytes, list[str]]:
    """Return what a file holds and what kind of thing that is."""
    guessed, packed = mimetypes.guess_type(path)
    kind = guessed if guessed and not packed else "application/octet-stream"
    return Path(path).expanduser().read_bytes(), kind.split("/", 1)


email_send_message = EitherColourTask(_send_message, name="email_send_message")
