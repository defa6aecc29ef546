"""The built-in channels, and the one function that builds them from settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from backfin.clock import Clock
from backfin.interfaces import Notifier
from backfin.notifications.channels.apprise import AppriseNotifier
from backfin.notifications.channels.console import ConsoleNotifier
from backfin.notifications.channels.email import EmailNotifier
from backfin.notifications.channels.file import FileNotifier
from backfin.notifications.channels.list_headers import Unsubscribing
from backfin.notifications.channels.webhook import WebhookNotifier
from backfin.settings import EgressSettings, NotificationSettings

__all__ = [
    "AppriseNotifier",
    "ConsoleNotifier",
    "EmailNotifier",
    "FileNotifier",
    "WebhookNotifier",
    "build_channels",
]


def build_channels(
    settings: NotificationSettings,
    egress: EgressSettings,
    secret: Callable[[], str],
    stream: TextIO | None = None,
    clock: Clock | None = None,
    unsubscribe_secret: Callable[[], str] = str,
) -> list[Notifier]:
    """Every built-in channel. Building one touches neither network nor disk.

    Args:
        settings: Time-outs and the mail server.
        egress: Private hosts webhooks may reach.
        secret: Gives the webhook signing secret when one is needed.
        stream: Where the console channel prints; standard output by default.
        clock: Tells the time of a send.
        unsubscribe_secret: Gives the secret that signs unsubscribe links when one is needed.
    """
    unsubscribing = Unsubscribing(settings.unsubscribe_url, settings.unsubscribe_mailto, unsubscribe_secret)
    return [
        ConsoleNotifier(stream),
        FileNotifier(clock),
        EmailNotifier(settings.smtp, clock, unsubscribing=unsubscribing),
        WebhookNotifier(secret, allow=egress.allow, timeout_s=settings.webhook_timeout, clock=clock),
        AppriseNotifier(),
    ]
