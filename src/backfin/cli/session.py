"""Opening what a command works on: settings, logs, the store alone, or all of backfin."""

from __future__ import annotations

import contextlib
import getpass
import os
from typing import TYPE_CHECKING

from backfin.errors import ConfigError

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
    store = find_store()
    store.prepare()
    return store


def find_store() -> Store:
    """The store, whatever schema it has.

    Raises:
        ConfigError: Settings are wrong.
    """
    from backfin.storage.store import Store

    settings = open_settings()
    _check_home(settings)
    return Store(settings.effective_database_url)


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
    _check_home(chosen)
    app = Backfin(chosen)
    app.context.store.prepare()
    return app


def open_reading_app() -> Backfin:
    """Backfin for reading alone. The store is readied only for a model: what it is asked is kept and counted there.

    Raises:
        ConfigError: Settings or schema are wrong.
        StoreUnavailable: A model is configured, and the store cannot be reached.
    """
    from backfin.app import Backfin

    settings = open_settings()
    app = Backfin(settings)
    if any(enricher.is_remote for enricher in app.plugins.registry.enrichers):
        _check_home(settings)
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


def user_name() -> str:
    """Who gives the command, for what is written down of it."""
    with contextlib.suppress(Exception):
        return getpass.getuser()
    return "somebody"


def _check_home(settings: Settings) -> None:
    """Makes sure of the home folder where the store lives in it.

    Raises:
        ConfigError: That cannot be.
    """
    if settings.database_url is not None:
        return
    advice = "set BACKFIN_HOME to a folder of yours."
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"The home folder {settings.home} cannot be made ({error.strerror}); {advice}"
        ) from error
    if not os.access(settings.home, os.W_OK):
        raise ConfigError(f"The home folder {settings.home} cannot be written; {advice}")
