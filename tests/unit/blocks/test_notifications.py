"""Blocks that notify: what reaches the service, and what becomes of failures."""

from __future__ import annotations

import asyncio
import json
import sys

import pytest
from listening import unused_port

from pacc.blocks import notifications as blocks
from pacc.blocks.notifications import (
    AppriseNotificationBlock,
    CustomWebhookNotificationBlock,
    DesktopNotification,
    DiscordWebhook,
    Email,
    MattermostWebhook,
    MicrosoftTeamsWebhook,
    NotificationError,
    OpsgenieWebhook,
    PagerDutyWebHook,
    SendgridEmail,
    SlackWebhook,
    TwilioSMS,
)
from pacc.exceptions import InvalidValueError

BODY = "*three* <of> {{them}} & \\n"


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(blocks, "PAUSES", (0, 0))


def slack(service, put):
    put("apprise.plugins.slack.NotifySlack.webhook_url", f"{service.url}/services")
    return SlackWebhook(url="https://hooks.slack.com/services/T00000000/B00000000/" + "X" * 24)


def discord(service, put):
    put("apprise.plugins.discord.NotifyDiscord.notify_url", service.url)
    return DiscordWebhook(webhook_id="1" * 19, webhook_token="t" * 60)


def mattermost(service, put):
    del put
    host, port = service.server.server_address
    return MattermostWebhook(hostname=host, port=port, token="tokentokentoken", channels=["ops"])


def opsgenie(service, put):
    put("apprise.plugins.opsgenie.OPSGENIE_API_LOOKUP", {"us": f"{service.url}/v2/alerts"})
    service.text = b'{"requestId": "1"}'
    return OpsgenieWebhook(apikey="8" * 36, target_user=["ada"], tags=["night"], details={"a": "b"})


def pager_duty(service, put):
    put("apprise.plugins.pagerduty.PAGERDUTY_API_LOOKUP", {"us": service.url})
    return PagerDutyWebHook(integration_key="i" * 32, api_key="a" * 20, custom_details={"a": "b"})


def twilio(service, put):
    put("apprise.plugins.twilio.NotifyTwilio.notify_sms_url", f"{service.url}/{{sid}}/Messages.json")
    return TwilioSMS(
        account_sid="AC" + "1" * 32, auth_token="2" * 32,
        from_phone_number="+18001234567", to_phone_numbers=["+18004242424"],
    )  # fmt: skip


def sendgrid(service, put):
    put("apprise.plugins.sendgrid.NotifySendGrid.notify_url", service.url)
    return SendgridEmail(api_key="SG.key", sender_email="pacc@example.com", to_emails=["ada@example.com"])


def teams(service, put):
    del put
    return MicrosoftTeamsWebhook(url=f"{service.url}/workflows/W0RKFL0W")


def plain(service, put):
    del put
    return AppriseNotificationBlock(url=f"{service.url}/hook")


KINDS = [slack, discord, mattermost, opsgenie, pager_duty, twilio, sendgrid, teams, plain]


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_a_message_reaches_the_service_as_it_was_given(http_service, monkeypatch, make):
    block = make(http_service, monkeypatch.setattr)
    with block.raise_on_failure():
        block.notify(BODY, "nightly")
    [request] = http_service.messages
    assert "three" in request["body"].decode()
    assert "of" in request["body"].decode()


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_a_service_that_fails_is_tried_three_times_and_the_failure_logged(
    http_service, monkeypatch, caplog, make
):
    http_service.status = 503
    block = make(http_service, monkeypatch.setattr)
    block.notify(BODY)
    assert len(http_service.messages) == 3
    assert "was not sent by the block" in caplog.text
    with block.raise_on_failure(), pytest.raises(NotificationError, match="503"):
        block.notify(BODY)


def test_a_redirection_is_not_followed(http_service):
    http_service.status, http_service.headers = 302, {"location": f"{http_service.url}/elsewhere"}
    block = AppriseNotificationBlock(url=http_service.url.replace("http://", "json://"))
    with block.raise_on_failure(), pytest.raises(NotificationError):
        block.notify("hello")
    assert {each["path"] for each in http_service.messages} == {"/"}


def test_in_async_code_a_message_is_awaited(http_service):
    block = AppriseNotificationBlock(url=http_service.url)

    async def main():
        await block.notify("one")
        await block.anotify("two")

    asyncio.run(main())
    assert [each["text"] for each in http_service.values(2)] == ["one", "two"]


def test_an_address_nobody_can_send_to_is_an_error_at_once(http_service):
    with pytest.raises(InvalidValueError, match="none that Apprise knows"):
        AppriseNotificationBlock(url="nonsense://there").notify("hello")
    with pytest.raises(InvalidValueError, match="private address"):
        SlackWebhook(url=http_service.url, allow_private_urls=False).notify("hello")
    assert http_service.messages == []


def test_mail_arrives_with_its_subject_and_no_header_of_anybody_else(smtp_service):
    block = Email(
        smtp_server="localhost", smtp_type="INSECURE", smtp_port=smtp_service.port,
        from_email="pacc@example.com", to_emails=["ada@example.com", "bob@example.com"],
    )  # fmt: skip
    with block.raise_on_failure():
        block.notify("it failed", "nightly\r\nBcc: eve@example.com")
    mails = smtp_service.wait(2)
    assert sorted(address for mail in mails for address in mail["to"]) == [
        "ada@example.com",
        "bob@example.com",
    ]
    assert {mail["from"] for mail in mails} == {"pacc@example.com"}
    headers, _, body = mails[0]["data"].decode().partition("\r\n\r\n")
    assert "it failed" in body
    assert not [line for line in headers.splitlines() if line.lower().startswith("bcc")]


def test_a_mail_server_that_is_down_is_an_error_in_time():
    block = Email(
        smtp_server="localhost", smtp_type="INSECURE", smtp_port=unused_port(),
        from_email="pacc@example.com", to_emails=["ada@example.com"],
    )  # fmt: skip
    with block.raise_on_failure(), pytest.raises(NotificationError):
        block.notify("hello")


@pytest.mark.parametrize(
    ("field", "value", "sent"),
    [
        (
            "json_data",
            {"t": "{{subject}}: {{ body }}", "n": ["{{name}}"]},
            b'{"t": "night: {{token}}", "n": ["chat"]}',
        ),
        ("form_data", {"t": "{{body}}"}, b"t=%7B%7Btoken%7D%7D"),
        ("form_data", "raw {{body}}", b"raw {{token}}"),
    ],
)
def test_a_custom_webhook_is_filled_in_where_it_says_and_only_once(http_service, field, value, sent):
    block = CustomWebhookNotificationBlock(
        name="chat", url=http_service.url + "/{{token}}", params={"to": "a b"}, headers={"X-Key": "{{token}}"},
        cookies={"c": "{{token}}"}, secrets={"token": "T0K3N-T0K3N-T0K3N"}, **{field: value},
    )  # fmt: skip
    with block.raise_on_failure():
        block.notify("{{token}}", "night")
    [request] = http_service.messages
    assert request["path"] == "/T0K3N-T0K3N-T0K3N?to=a+b"
    assert request["body"] == sent
    assert (request["headers"]["x-key"], request["headers"]["cookie"]) == (
        "T0K3N-T0K3N-T0K3N",
        "c=T0K3N-T0K3N-T0K3N",
    )


def test_a_slow_webhook_fails_after_its_timeout(http_service):
    http_service.delay = 5
    block = CustomWebhookNotificationBlock(name="slow", url=http_service.url, timeout=0.1)
    with block.raise_on_failure(), pytest.raises(NotificationError, match="timed out"):
        block.notify("hello")


def test_json_and_a_form_are_not_sent_together():
    with pytest.raises(ValueError, match="not both"):
        CustomWebhookNotificationBlock(name="a", url="http://localhost", json_data={}, form_data={})


@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac shows messages in another way")
def test_a_message_is_shown_on_the_desktop_as_it_was_given(tmp_path, monkeypatch):
    shown = tmp_path / "shown"
    tool = tmp_path / "notify-send"
    tool.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {shown}\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    DesktopNotification(notify_type="failure").notify("--help $(id)", "night")
    assert shown.read_text().splitlines()[-3:] == ["--", "night", "--help $(id)"]
    tool.write_text("#!/bin/sh\necho no display >&2\nexit 1\n")
    block = DesktopNotification()
    with block.raise_on_failure(), pytest.raises(NotificationError, match="no display"):
        block.notify("hello")


def test_saved_blocks_keep_their_secrets_and_are_found_by_prefects_slugs(http_service):
    AppriseNotificationBlock(url=f"{http_service.url}/hook").save("mine")
    SlackWebhook(url=f"{http_service.url}/T0K3N").save("ops")
    assert "T0K3N" not in repr(SlackWebhook.load("ops"))
    SlackWebhook.load("ops").notify("hello")
    assert json.loads(http_service.wait()[0]["body"])["text"] == "hello"
    slugs = {
        "slack-webhook", "ms-teams-webhook", "pager-duty-webhook", "twilio-sms", "opsgenie-webhook",
        "mattermost-webhook", "discord-webhook", "custom-webhook", "sendgrid-email", "email",
    }  # fmt: skip
    from pacc.blocks import registry

    for slug in slugs:
        kind = registry.loaded(slug)
        assert (kind.get_block_type_slug(), kind.get_block_capabilities()) == (slug, {"notify"})
