"""Telegram for backfin: tells chats of filings, and lets people link a watch to their own chat."""

from __future__ import annotations

from collections.abc import Iterable

from backfin import hookimpl
from backfin.errors import NotConfigured
from backfin.interfaces import Notifier
from backfin.plugins.services import Services
from backfin.specs import ActorSpec, RetryPolicy
from backfin_telegram.api import BotApi
from backfin_telegram.config import TelegramConfig
from backfin_telegram.desk import Desk
from backfin_telegram.links import Links
from backfin_telegram.notifier import TelegramNotifier

__all__ = ["TelegramConfig", "TelegramNotifier"]

backfin_api = "1"


@hookimpl
def backfin_config_model() -> type[TelegramConfig]:
    """The section ``[plugin.telegram]``."""
    return TelegramConfig


@hookimpl
def backfin_notifiers(config: TelegramConfig, services: Services) -> Iterable[Notifier]:
    """The channel of ``telegram:`` addresses."""
    return [_notifier(config, services)]


@hookimpl
def backfin_actors(config: TelegramConfig, services: Services) -> Iterable[ActorSpec]:
    """Reads each minute what people wrote to the bot."""
    desk = _notifier(config, services).desk
    return [
        ActorSpec(
            "telegram.updates",
            lambda ctx, key: desk.take_all(ctx.store.watches),
            "telegram.updates",
            RetryPolicy(max_tries=1),
            time_limit_s=50,
            cron="* * * * *",
        )
    ]


def _notifier(config: TelegramConfig, services: Services) -> TelegramNotifier:
    if config.token is None:
        raise NotConfigured("Telegram is off: set BACKFIN_PLUGIN__TELEGRAM__TOKEN to the token of your bot.")
    api = BotApi(config.token, config.api_url, services.pacer)
    links = Links(lambda: services.secret("telegram"), services.clock)
    return TelegramNotifier(api, Desk(api, links))
