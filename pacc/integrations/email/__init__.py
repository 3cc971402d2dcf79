"""Mail with attachments from flows, under the names of `prefect_email`. `pacc.blocks.notifications.Email` is the notification."""

from pacc.integrations.email.credentials import EmailServerCredentials, SMTPServer, SMTPType
from pacc.integrations.email.message import email_send_message

__all__ = ["EmailServerCredentials", "SMTPServer", "SMTPType", "email_send_message"]
