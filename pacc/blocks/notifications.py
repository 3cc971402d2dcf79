"""Blocks that tell people: chat services, paging, mail, text messages, the desktop, and any address that takes a call.

>>> from pacc.blocks.notifications import SlackWebhook
>>> SlackWebhook(url="https://hooks.slack.com/services/T0/B0/secret").save("ops", overwrite=True) is not None
True

`notify(body, subject)` tries a few times, each within seconds. What cannot be sent is logged and changes nothing else; inside
`raise_on_failure()` it is raised. In async code `notify` gives something to await; `anotify` does everywhere.
"""

from __future__ import annotations

import json
import time
from abc import abstractmethod
from inspect import isawaitable
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from pydantic import AnyHttpUrl, Field, SecretStr

from pacc._internal.steps import in_a_thread, run_in_own_loop
from pacc.blocks import sending
from pacc.blocks.abstract import NotificationBlock, NotificationError
from pacc.blocks.fields import SecretDict
from pacc.context import either_colour
from pacc.exceptions import InvalidValueError

__all__ = [
    "AbstractAppriseNotificationBlock",
    "AppriseNotificationBlock",
    "CustomWebhookNotificationBlock",
    "DesktopNotification",
    "DiscordWebhook",
    "Email",
    "MattermostWebhook",
    "MicrosoftTeamsWebhook",
    "NotificationError",
    "OpsgenieWebhook",
    "PagerDutyWebHook",
    "SendgridEmail",
    "SlackWebhook",
    "TwilioSMS",
]

PREFECT_NOTIFY_TYPE_DEFAULT = "info"
"""How a message is marked unless its block says."""

PAUSES = (0.25, 1.0)
"""Seconds between the tries of `notify`."""

NotifyType = Literal["info", "success", "warning", "failure"]
Region = Literal["us", "eu"]

_NOTIFY_TYPE: Any = Field(
    default=PREFECT_NOTIFY_TYPE_DEFAULT, description="How the message is marked where the service shows it."
)
_PRIVATE = Field(
    default=True, description="Whether addresses of this machine and of private networks may be called."
)
_IMAGE = "Whether the message has a picture that shows its type."


def deliver_once(block: NotificationBlock, body: str, subject: str | None = None) -> None:
    """Have a block send a message, in one try where it is one of ours.

    Args:
        block: any block that notifies; its `notify` may be of either colour.
        body: what to say.
        subject: what it is about.

    Raises:
        Exception: whatever the block raises where it could not be sent.
    """
    if isinstance(block, SendingBlock):
        block.send(body, subject)
        return
    sent = block.notify(body, subject)
    if isawaitable(sent):
        run_in_own_loop(sent)


def _notify(self: SendingBlock, body: str, subject: str | None = None) -> None:
    """Send a message. It is tried a few times; a failure is logged, and raised only inside `raise_on_failure()`.

    Args:
        self: the block.
        body: what to say, plain text.
        subject: what it is about.

    Raises:
        NotificationError: it could not be sent, and this is inside `raise_on_failure()`.
        InvalidValueError: the block's fields do not say where to send it.

    >>> CustomWebhookNotificationBlock(name="down", url="http://127.0.0.1:1/").notify("done")
    """
    for pause in (*PAUSES, None):
        try:
            self.send(body, subject)
        except NotificationError as error:
            if pause is not None:
                time.sleep(pause)
            elif self._raises:
                raise
            else:
                self.logger.warning("A notification was not sent by %s: %s", self._called(), error)
        else:
            return


class SendingBlock(NotificationBlock):
    """What all blocks here have in common: several tries, and what becomes of a failure."""

    @abstractmethod
    def send(self, body: str, subject: str | None = None) -> None:
        """Send a message, in one try.

        Raises:
            NotificationError: it could not be sent.
            InvalidValueError: the block's fields do not say where to send it.
        """

    notify = either_colour(_notify, in_a_thread)  # type: ignore[arg-type]  # it is a method of this class
    anotify = in_a_thread(_notify)

    def _called(self) -> str:
        return f'the block "{self._block_reference() or self.get_block_type_slug()}"'


class AbstractAppriseNotificationBlock(SendingBlock):
    """A block that sends through a service that Apprise knows; a subclass says which."""

    notify_type: NotifyType = _NOTIFY_TYPE

    @abstractmethod
    def service(self) -> Any:
        """Return Apprise's service.

        Raises:
            InvalidValueError: the fields do not say which.
        """

    def send(self, body: str, subject: str | None = None) -> None:
        """Send a message, in one try; see `SendingBlock.send`."""
        sending.send_by(self.service(), body, subject, self.notify_type)


class AppriseNotificationBlock(AbstractAppriseNotificationBlock):
    """Any service of Apprise, by its address; an address of HTTP that Apprise does not know is sent JSON.

    Attributes:
        url: the address, as in `discord://ID/TOKEN` or `https://...`; it is a secret.
        allow_private_urls: whether an address of this machine or of a private network may be called.

    Example:
        from pacc.blocks.notifications import AppriseNotificationBlock

        AppriseNotificationBlock(url="gotify://push.example/TOKEN").notify("done")
    """

    _block_type_name = "Apprise Notification"

    url: SecretStr = Field(description="The address to send to.", examples=["gotify://push.example/TOKEN"])
    allow_private_urls: bool = _PRIVATE

    def service(self) -> Any:
        """Return Apprise's service for the address, `None` where it knows none."""
        return sending.service_of(self.url.get_secret_value())

    def send(self, body: str, subject: str | None = None) -> None:
        """Send a message, in one try; see `SendingBlock.send`."""
        url = self.url.get_secret_value()
        service = self.service()
        if not self.allow_private_urls:
            sending.require_public(url)
        if service is not None:
            sending.send_by(service, body, subject, self.notify_type)
        elif urlsplit(url).scheme in ("http", "https"):
            text = body if subject is None else f"{subject}\n{body}"
            sending.post_json(url, {"text": text})
        else:
            raise InvalidValueError(
                f"the url of {self._called()} is none that Apprise knows, nor one of HTTP",
                hint="https://github.com/caronc/apprise/wiki",
            )


class SlackWebhook(AppriseNotificationBlock):
    """A channel of Slack.

    Attributes:
        url: the incoming webhook's address; it is a secret.

    Example:
        from pacc.blocks.notifications import SlackWebhook

        SlackWebhook.load("ops").notify("done")
    """

    _block_type_name = "Slack Webhook"

    url: SecretStr = Field(
        description="The address of Slack's incoming webhook.",
        examples=["https://hooks.slack.com/services/T0/B0/XXX"],
    )


class MicrosoftTeamsWebhook(AppriseNotificationBlock):
    """A channel of Microsoft Teams.

    Attributes:
        url: the workflow's address; it is a secret.
        include_image: whether the message has a picture that shows its type.
        wrap: whether long text is broken into lines.

    Example:
        from pacc.blocks.notifications import MicrosoftTeamsWebhook

        MicrosoftTeamsWebhook.load("ops").notify("done")
    """

    _block_type_name = "Microsoft Teams Webhook"
    _block_type_slug = "ms-teams-webhook"

    url: SecretStr = Field(
        description="The address of the workflow that posts to the channel.",
        examples=["https://prod-1.westus.logic.azure.com/workflows/ID/triggers/manual/paths/invoke?sig=XXX"],
    )
    include_image: bool = Field(default=True, description=_IMAGE)
    wrap: bool = Field(default=True, description="Whether long text is broken into lines.")

    def service(self) -> Any:
        """Return Apprise's service for the address."""
        url = self.url.get_secret_value()
        parsed = sending.plugin("workflows", "NotifyWorkflows").parse_native_url(url)
        if not parsed:
            return sending.service_of(url)
        sending.hide_parts(url)
        options = {**parsed, "include_image": self.include_image, "wrap": self.wrap}
        return sending.made_service("workflows", "NotifyWorkflows", **options)


class PagerDutyWebHook(AbstractAppriseNotificationBlock):
    """Incidents of PagerDuty.

    Attributes:
        integration_key: the key of the service's integration; it is a secret.
        api_key: the key of the account; it is a secret.

    Example:
        from pacc.blocks.notifications import PagerDutyWebHook

        PagerDutyWebHook.load("oncall").notify("the nightly run failed")
    """

    _block_type_name = "Pager Duty Webhook"

    integration_key: SecretStr = Field(description="The key of the service's integration.")
    api_key: SecretStr = Field(description="The key of the account.")
    source: str | None = Field(default="Prefect", description="Who is said to tell.")
    component: str = Field(default="Notification", description="What part of it tells.")
    group: str | None = Field(default=None, description="What the part belongs to.")
    class_id: str | None = Field(default=None, title="Class ID", description="What kind of event it is.")
    region_name: Region = Field(default="us", description="The region of the account.")
    clickable_url: AnyHttpUrl | None = Field(default=None, description="What the incident links to.")
    include_image: bool = Field(default=True, description=_IMAGE)
    custom_details: dict[str, str] | None = Field(default=None, description="More to tell, under names.")

    def service(self) -> Any:
        """Return Apprise's service."""
        return sending.made_service(
            "pagerduty",
            "NotifyPagerDuty",
            apikey=self.api_key.get_secret_value(),
            integrationkey=self.integration_key.get_secret_value(),
            source=self.source,
            component=self.component,
            group=self.group,
            class_id=self.class_id,
            region_name=self.region_name,
            click=None if self.clickable_url is None else str(self.clickable_url),
            include_image=self.include_image,
            details=self.custom_details,
        )

    def send(self, body: str, subject: str | None = None) -> None:
        """Send a message, in one try; an incident has a line alone, so the subject serves where the body is empty."""
        super().send(body or subject or "", subject if body else None)


class TwilioSMS(AbstractAppriseNotificationBlock):
    """Text messages by Twilio.

    Attributes:
        account_sid: the account.
        auth_token: its token; it is a secret.
        from_phone_number: whose message it is.
        to_phone_numbers: who gets it.

    Example:
        from pacc.blocks.notifications import TwilioSMS

        TwilioSMS.load("me").notify("done")
    """

    _block_type_name = "Twilio SMS"

    account_sid: str = Field(description="The account's SID.")
    auth_token: SecretStr = Field(description="The account's token.")
    from_phone_number: str = Field(description="The number that sends.", examples=["18001234567"])
    to_phone_numbers: list[str] = Field(description="The numbers that get it.", examples=[["18004242424"]])

    def service(self) -> Any:
        """Return Apprise's service."""
        return sending.made_service(
            "twilio",
            "NotifyTwilio",
            account_sid=self.account_sid,
            auth_token=self.auth_token.get_secret_value(),
            source=self.from_phone_number,
            targets=self.to_phone_numbers,
        )


class OpsgenieWebhook(AbstractAppriseNotificationBlock):
    """Alerts of Opsgenie.

    Attributes:
        apikey: the key of the integration; it is a secret.

    Example:
        from pacc.blocks.notifications import OpsgenieWebhook

        OpsgenieWebhook.load("oncall").notify("the nightly run failed")
    """

    _block_type_name = "Opsgenie Webhook"

    apikey: SecretStr = Field(title="API Key", description="The key of the integration.")
    target_user: list[str] | None = Field(default=None, description="Users who are alerted.")
    target_team: list[str] | None = Field(default=None, description="Teams that are alerted.")
    target_schedule: list[str] | None = Field(default=None, description="Schedules that are alerted.")
    target_escalation: list[str] | None = Field(default=None, description="Escalations that are alerted.")
    region_name: Region = Field(default="us", description="The region of the account.")
    batch: bool = Field(default=False, description="Whether all targets are told at once.")
    tags: list[str] | None = Field(default=None, description="Tags of the alert.")
    priority: int | None = Field(default=3, ge=1, le=5, description="From 1, the highest, to 5.")
    alias: str | None = Field(default=None, description="What makes alerts one.")
    entity: str | None = Field(default=None, description="What the alert is about.")
    details: dict[str, str] | None = Field(default=None, description="More to tell, under names.")

    def service(self) -> Any:
        """Return Apprise's service."""
        return sending.made_service(
            "opsgenie",
            "NotifyOpsgenie",
            action="new",
            apikey=self.apikey.get_secret_value(),
            targets=self._targets(),
            region_name=self.region_name,
            batch=self.batch,
            tags=self.tags,
            priority=self.priority,
            alias=self.alias,
            entity=self.entity,
            details=self.details,
        )

    def _targets(self) -> list[str]:
        given = (
            ("@", self.target_user), ("#", self.target_team),
            ("*", self.target_schedule), ("^", self.target_escalation),
        )  # fmt: skip
        return [f"{mark}{name}" for mark, names in given for name in names or ()]


class MattermostWebhook(AbstractAppriseNotificationBlock):
    """Channels of Mattermost.

    Attributes:
        hostname: the server.
        token: the incoming webhook's token; it is a secret.

    Example:
        from pacc.blocks.notifications import MattermostWebhook

        MattermostWebhook.load("ops").notify("done")
    """

    _block_type_name = "Mattermost Webhook"

    hostname: str = Field(description="The server's host.", examples=["mattermost.example"])
    secure: bool = Field(default=False, description="Whether the server is spoken to by https.")
    token: SecretStr = Field(description="The incoming webhook's token.")
    botname: str | None = Field(default=None, description="Who is said to tell.")
    channels: list[str] | None = Field(
        default=None, description="The channels, those of the webhook if none."
    )
    include_image: bool = Field(default=False, description=_IMAGE)
    path: str | None = Field(default=None, description="The path before the webhook's on the server.")
    port: int = Field(default=8065, description="The server's port.")

    def service(self) -> Any:
        """Return Apprise's service."""
        return sending.made_service(
            "mattermost",
            "NotifyMattermost",
            token=self.token.get_secret_value(),
            fullpath=self.path,
            host=self.hostname,
            user=self.botname,
            targets=self.channels,
            include_image=self.include_image,
            port=self.port,
            secure=self.secure,
        )


class DiscordWebhook(AbstractAppriseNotificationBlock):
    """A channel of Discord.

    Attributes:
        webhook_id: the first part of the webhook's address; it is a secret.
        webhook_token: the second part; it is a secret.

    Example:
        from pacc.blocks.notifications import DiscordWebhook

        DiscordWebhook.load("ops").notify("done")
    """

    _block_type_name = "Discord Webhook"

    webhook_id: SecretStr = Field(description="The first part of the webhook's address.")
    webhook_token: SecretStr = Field(description="The second part of the webhook's address.")
    botname: str | None = Field(default=None, description="Who is said to tell.")
    tts: bool = Field(default=False, description="Whether the message is read out.")
    include_image: bool = Field(default=False, description=_IMAGE)
    avatar: bool = Field(default=False, description="Whether the teller's picture shows the message's type.")
    avatar_url: str | None = Field(default=None, title="Avatar URL", description="The teller's picture.")

    def service(self) -> Any:
        """Return Apprise's service."""
        return sending.made_service(
            "discord",
            "NotifyDiscord",
            webhook_id=self.webhook_id.get_secret_value(),
            webhook_token=self.webhook_token.get_secret_value(),
            user=self.botname,
            tts=self.tts,
            include_image=self.include_image,
            avatar=self.avatar,
            avatar_url=self.avatar_url,
        )


class SendgridEmail(AbstractAppriseNotificationBlock):
    """Mail by Sendgrid.

    Attributes:
        api_key: the key of the account; it is a secret.
        sender_email: whose mail it is.
        to_emails: who gets it.

    Example:
        from pacc.blocks.notifications import SendgridEmail

        SendgridEmail.load("me").notify("done", subject="nightly")
    """

    _block_type_name = "Sendgrid Email"

    api_key: SecretStr = Field(title="API Key", description="The key of the account.")
    sender_email: str = Field(description="Whose mail it is.", examples=["pacc@example.com"])
    to_emails: list[str] = Field(description="Who gets it.", examples=[["ada@example.com"]])

    def service(self) -> Any:
        """Return Apprise's service."""
        return sending.made_service(
            "sendgrid",
            "NotifySendGrid",
            apikey=self.api_key.get_secret_value(),
            from_email=self.sender_email,
            targets=self.to_emails,
        )


class Email(AbstractAppriseNotificationBlock):
    """Mail by a server of one's own, over SMTP.

    Attributes:
        smtp_server: the server's host.
        from_email: whose mail it is.
        to_emails: who gets it.
        smtp_type: how the connection is encrypted.
        password: the password; it is a secret.

    Example:
        from pacc.blocks.notifications import Email

        Email(smtp_server="mail.example", from_email="pacc@example.com", to_emails=["ada@example.com"]).save("me")
    """

    _block_type_name = "Email"

    smtp_server: str = Field(description="The server's host.", examples=["mail.example"])
    smtp_type: Literal["SSL", "STARTTLS", "INSECURE"] = Field(
        default="STARTTLS", description="How the connection is encrypted."
    )
    smtp_port: int | None = Field(
        default=None, ge=1, le=65535, description="Its port, the usual one if none."
    )
    username: str | None = Field(default=None, description="Who logs in, nobody if none.")
    password: SecretStr | None = Field(default=None, description="The password to log in with.")
    from_email: str = Field(description="Whose mail it is.", examples=["pacc@example.com"])
    to_emails: list[str] = Field(min_length=1, description="Who gets it.", examples=[["ada@example.com"]])
    verify: bool = Field(default=True, description="Whether the server needs a good certificate.")

    def service(self) -> Any:
        """Return Apprise's service."""
        return sending.made_service(
            "email.base",
            "NotifyEmail",
            host=self.smtp_server,
            smtp_host=self.smtp_server,
            port=self.smtp_port,
            user=self.username,
            password=None if self.password is None else self.password.get_secret_value(),
            secure=self.smtp_type != "INSECURE",
            secure_mode=self.smtp_type.lower(),
            from_addr=self.from_email,
            targets=self.to_emails,
            verify=self.verify,
        )


class CustomWebhookNotificationBlock(SendingBlock):
    """Any address that takes a call over HTTP, with the message where it wants it.

    `{{subject}}`, `{{body}}`, `{{name}}` and the names of `secrets` are filled in wherever they stand in the other fields.

    Attributes:
        name: what to call it in messages.
        url: the address.
        json_data: what is sent as JSON; otherwise `form_data` as a form.
        secrets: values that nobody should see, under names.

    Example:
        from pacc.blocks.notifications import CustomWebhookNotificationBlock

        CustomWebhookNotificationBlock(
            name="chat",
            url="https://chat.example/{{token}}",
            json_data={"text": "{{subject}}: {{body}}"},
            secrets={"token": "T0K3N"},
        ).save("chat")
    """

    _block_type_name = "Custom Webhook"

    name: str = Field(description="What to call it.")
    url: str = Field(title="Webhook URL", description="The address.", examples=["https://hooks.example/XXX"])
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = Field(
        default="POST", description="The request's method."
    )
    params: dict[str, str] | None = Field(
        default=None, title="Query Params", description="Added to the address."
    )
    json_data: dict[str, Any] | None = Field(
        default=None,
        title="JSON Data",
        description="Sent as JSON.",
        examples=[{"text": "{{subject}}\n{{body}}"}],
    )
    form_data: dict[str, str] | str | None = Field(
        default=None, title="Form Data", description="Sent as a form, or as it is."
    )
    headers: dict[str, str] | None = Field(default=None, description="Headers to send.")
    cookies: dict[str, str] | None = Field(default=None, description="Cookies to send.")
    timeout: float = Field(default=10, gt=0, le=600, description="Seconds that each wait may take.")
    allow_private_urls: bool = _PRIVATE
    secrets: SecretDict = Field(
        default_factory=lambda: SecretDict({}),
        title="Custom Secret Values",
        description="Values nobody should see, under the names they are filled in by.",
    )

    def model_post_init(self, context: Any, /) -> None:
        """Refuse what cannot be sent together."""
        super().model_post_init(context)
        if self.json_data is not None and self.form_data is not None:
            raise ValueError("give `json_data` or `form_data`, not both")

    def send(self, body: str, subject: str | None = None) -> None:
        """Send a message, in one try; see `SendingBlock.send`."""
        words = {
            **self.secrets.get_secret_value(), "body": body, "subject": subject or "", "name": self.name
        }  # fmt: skip
        url = _filled(self.url, words)
        if self.params:
            url += f"{'&' if urlsplit(url).query else '?'}{urlencode(_filled(self.params, words))}"
        if self.secrets.get_secret_value():
            sending.hide_parts(url)
        if not self.allow_private_urls:
            sending.require_public(url)
        payload, headers = self._payload(words)
        if self.cookies:
            headers["cookie"] = "; ".join(
                f"{key}={value}" for key, value in _filled(self.cookies, words).items()
            )
        headers |= {key.lower(): value for key, value in _filled(self.headers or {}, words).items()}
        sending.call(url, method=self.method, payload=payload, headers=headers, timeout=self.timeout)

    def _payload(self, words: dict[str, Any]) -> tuple[bytes | None, dict[str, str]]:
        if self.json_data is not None:
            return json.dumps(_filled(self.json_data, words)).encode(), {"content-type": "application/json"}
        if self.form_data is None:
            return None, {}
        filled = _filled(self.form_data, words)
        text = filled if isinstance(filled, str) else urlencode(filled)
        return text.encode(), {"content-type": "application/x-www-form-urlencoded"}


def _filled(value: Any, words: dict[str, Any]) -> Any:
    """Return a value with every `{{name}}` filled in; what is filled in is not looked at again."""
    import re  # start-up

    def word(found: re.Match[str]) -> str:
        return str(words[found[1]]) if found[1] in words else found[0]

    match value:
        case str():
            return re.sub(r"\{\{\s*(\w+)\s*\}\}", word, value)
        case dict():
            return {_filled(key, words): _filled(member, words) for key, member in value.items()}
        case list():
            return [_filled(member, words) for member in value]
    return value


class DesktopNotification(SendingBlock):
    """A message on this machine's desktop, by `notify-send`, or by `osascript` on a Mac.

    Attributes:
        notify_type: a `failure` stays until it is clicked away, where the desktop does so.

    Example:
        from pacc.blocks.notifications import DesktopNotification

        DesktopNotification().notify("done")
    """

    _block_type_name = "Desktop Notification"

    notify_type: NotifyType = _NOTIFY_TYPE

    def send(self, body: str, subject: str | None = None) -> None:
        """Show a message, in one try; see `SendingBlock.send`."""
        sending.show_on_desktop(body, subject, urgent=self.notify_type == "failure")
