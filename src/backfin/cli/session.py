"""Opening backfin for a command: settings, logs, a store whose schema is known, and a broker where needed."""

from __future__ import annotations

from backfin.app import Backfin
from backfin.broker import build_broker, check_redis
from backfin.log import configure
from backfin.settings import Settings, load_settings


def open_app(settings: Settings | None = None) -> Backfin:
    """Backfin with its store ready.

    Raises:
        ConfigError: Settings or schema are wrong.
        StoreUnavailable: The store cannot be reached.
    """
    chosen = settings or load_settings()
    configure(chosen)
    app = Backfin(chosen)
    app.context.store.prepare()
    return app


def open_app_on_broker(settings: Settings) -> Backfin:
    """The same, declared on the broker its settings name, so that it can send.

    Raises:
        ConfigError: Redis does not answer.
    """
    app = open_app(settings)
    broker = build_broker(settings)
    check_redis(broker)
    app.declare(broker)
    return app
