"""Where mail is handed in, and who one is there."""

from __future__ import annotations

import ssl
from enum import Enum
from smtplib import SMTP, SMTP_SSL, SMTPException
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, SecretStr, WithJsonSchema, field_validator

from pacc.blocks.core import Block
from pacc.exceptions import ConfigurationError

__all__ = ["EmailServerCredentials", "SMTPServer", "SMTPType"]

PATIENCE = 30.0
"""Seconds that each answer of a server may take."""


class SMTPType(Enum):
    """How the connection is encrypted, with the usual port."""

    SSL = 465
    STARTTLS = 587
    INSECURE = 25


class SMTPServer(Enum):
    """Servers of well-known services, by name."""

    AOL = "smtp.aol.com"
    ATT = "smtp.mail.att.net"
    COMCAST = "smtp.comcast.net"
    ICLOUD = "smtp.mail.me.com"
    GMAIL = "smtp.gmail.com"
    OUTLOOK = "smtp-mail.outlook.com"
    YAHOO = "smtp.mail.yahoo.com"


_ByName = Annotated[
    SMTPType,
    PlainSerializer(lambda kind: kind.name, return_type=str),
    WithJsonSchema({"type": "string", "enum": [kind.name for kind in SMTPType]}),
]


class EmailServerCredentials(Block):
    """Where mail is handed in, and who one is there.

    Attributes:
        username: who logs in, nobody where there is none.
        password: what proves it.
        smtp_server: the server, or the name of a service of `SMTPServer`.
        smtp_type: how the connection is encrypted: `SSL`, `STARTTLS` or `INSECURE`.
        smtp_port: the port; the usual one of the type unless given.
        verify: whether the server needs a good certificate.

    Example:
        from pacc.integrations.email import EmailServerCredentials, email_send_message

        EmailServerCredentials(username="ada@example.com", password="...", smtp_server="mail.example").save("mine")

    >>> EmailServerCredentials(smtp_server="gmail", smtp_type="starttls").smtp_server.value
    'smtp.gmail.com'
    """

    _block_type_name = "Email Server Credentials"

    username: str | None = Field(default=None, description="Who logs in, nobody if none.")
    password: SecretStr = Field(default=SecretStr(""), description="The password to log in with.")
    smtp_server: SMTPServer | str = Field(
        default=SMTPServer.GMAIL, title="SMTP Server", description="The server, or the name of a service."
    )
    smtp_type: _ByName = Field(
        default=SMTPType.SSL, title="SMTP Type", description="How the connection is encrypted."
    )
    smtp_port: int | None = Field(
        default=None, ge=1, le=65535, title="SMTP Port", description="Its port, the usual one if none."
    )
    verify: bool = Field(default=True, description="Whether the server needs a good certificate.")

    @field_validator("smtp_server", "smtp_type", mode="before")
    @classmethod
    def _by_name(cls, value: Any, about: Any) -> Any:
        kind: type[Enum] = SMTPServer if about.field_name == "smtp_server" else SMTPType
        found = next((each for each in kind if value in (each, each.value) or _is_name(value, each)), None)
        if found is None and kind is SMTPType:
            raise ValueError(f'"{value}" is none of {", ".join(kind.__members__)}')
        return value if found is None else found

    def get_server(self) -> SMTP:
        """Return a connection to the server, logged in; `with` ends it.

        Raises:
            ConfigurationError: there is no such server, it does not answer, or it refuses.
        """
        host = self.smtp_server.value if isinstance(self.smtp_server, SMTPServer) else self.smtp_server
        port = self.smtp_port or self.smtp_type.value
        try:
            return self._logged_in(self._connected(host, port))
        except (OSError, SMTPException) as error:
            raise ConfigurationError(
                f'the mail server "{host}:{port}" cannot be used: {_said(error)}'
            ) from error

    def _connected(self, host: str, port: int) -> SMTP:
        if self.smtp_type is SMTPType.SSL:
            return SMTP_SSL(host, port, timeout=PATIENCE, context=self._context())
        server = SMTP(host, port, timeout=PATIENCE)
        if self.smtp_type is SMTPType.STARTTLS:
            server.starttls(context=self._context())
        return server

    def _logged_in(self, server: SMTP) -> SMTP:
        if self.username is not None:
            try:
                server.login(self.username, self.password.get_secret_value())
            except BaseException:
                server.close()
                raise
        return server

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def _is_name(value: Any, member: Enum) -> bool:
    return isinstance(value, str) and value.upper() == member.name


def _said(error: Exception) -> str:
    if isinstance(error, SMTPException) and len(error.args) > 1 and isinstance(error.args[1], bytes):
        return error.args[1].decode(errors="replace")
    return getattr(error, "strerror", None) or str(error)
