"""The client's methods for webhooks, which Prefect's client has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.exceptions import ObjectNotFound
from pacc.services import webhooks

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.schemas.webhooks import Authentication, Webhook, WebhookUpdate


class WebhookClient(OfStore):
    """What code that does not await asks and says about webhooks."""

    def create_webhook(
        self,
        name: str,
        *,
        description: str = "",
        template: str | None = None,
        authentication: Authentication = "none",
        secret: str | None = None,
    ) -> Webhook:
        """Make a webhook and return it; `ObjectAlreadyExists` if the name is taken."""
        return webhooks.create(
            self._store,
            name,
            description=description,
            template=template,
            authentication=authentication,
            secret=secret,
        )

    def read_webhook(self, webhook: UUID | str) -> Webhook | None:
        """Return the webhook of an id or a name, `None` where there is none."""
        try:
            return webhooks.find(self._store, str(webhook))
        except ObjectNotFound:
            return None

    def read_webhooks(self) -> list[Webhook]:
        """Return all webhooks by name."""
        return webhooks.select(self._store)

    def update_webhook(self, webhook: UUID | str, wanted: WebhookUpdate) -> Webhook:
        """Change what is given about a webhook and return it; `ObjectNotFound` if there is none."""
        return webhooks.update(self._store, webhook, wanted)

    def rotate_webhook(self, webhook: UUID | str) -> Webhook:
        """Give a webhook another address and return it; `ObjectNotFound` if there is none."""
        return webhooks.rotate(self._store, webhook)

    def delete_webhook(self, webhook: UUID | str) -> None:
        """Remove a webhook; `ObjectNotFound` if there is none."""
        webhooks.delete(self._store, webhook)


class WebhookAsyncClient(OfStore):
    """The same for code that awaits, derived from `WebhookClient`."""

    create_webhook = awaitable(WebhookClient.create_webhook)
    read_webhook = awaitable(WebhookClient.read_webhook)
    read_webhooks = awaitable(WebhookClient.read_webhooks)
    update_webhook = awaitable(WebhookClient.update_webhook)
    rotate_webhook = awaitable(WebhookClient.rotate_webhook)
    delete_webhook = awaitable(WebhookClient.delete_webhook)
