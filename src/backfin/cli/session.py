"""Opening what a command works on: settings, logs, the store alone, or all of backfin."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backfin.app import Backfin
    from backfin.settings import Settings
    from backfin.storage.store import Store


def open_settings() -> Settings:
    """The settings in force, with the log going where they say.

    Raises:
        ConfigError: Settings are wrong.
    """
    from backfin.log import configure
    from backfin.settings import load_settings

    settings = load_settings()
    configure(settings)
    return settings


def open_store() -> Store:
    """The store alone, for commands that only look things up.

    Raises:
        ConfigError: Settings or schema are wrong.
        StoreUnavailable: The store cannot be reached.
    """
    from backfin.storage.store import Store

    store = Store(open_settings().effective_database_url)
    store.prepare()
    return store


def open_app(settings: Settings | None = None) -> Backfin:
    """Backfin with its store ready.

    Raises:
        ConfigError: Settings or schema are wrong.
        StoreUnavailable: The store cannot be reached.
    """
    from backfin.app import Backfin
    from backfin.log import configure

    chosen = settings or open_settings()
    configure(chosen)
    app = Backfin(chosen)
    app.context.store.prepare()
    return app


def open_app_on_broker(settings: Settings) -> Backfin:
    """The same, declared on the broker its settings name, so that it can send.

    Raises:
        ConfigError: Redis does not answer.
    """
    from backfin.broker import build_broker, check_redis

    app = open_app(settings)
    broker = build_broker(settings)
    check_redis(broker)
    app.declare(broker)
    return app
