"""The ready-made instance for ``dramatiq backfin.actors`` and ``periodiq backfin.actors``.

Importing this module has an effect, and it is the only one in backfin that does: it adopts the process's
global broker if there is one, else builds a Redis broker from the settings and makes it the global one; then
it declares the actors. Imported again, it does nothing more.
"""

from __future__ import annotations

import logging

import dramatiq
from dramatiq.cli import LOGFORMAT

from backfin.app import Backfin
from backfin.broker import build_broker, check_redis, current_broker
from backfin.errors import BackfinError
from backfin.log import configure, is_own

log = logging.getLogger("backfin")


def _is_of_a_command(handler: logging.Handler) -> bool:
    """Whether `periodiq` has installed it for want of another, or `backfin up` for `periodiq`, which changes levels."""
    return is_own(handler) or (handler.formatter is not None and handler.formatter._fmt == LOGFORMAT)


def _bind() -> tuple[Backfin, dramatiq.Broker, str]:
    found = current_broker()
    if found is not None:
        app = Backfin.of(found) or Backfin()
        app.declare(found)
        return app, found, "adopted"
    app = Backfin()
    if all(_is_of_a_command(handler) for handler in logging.getLogger().handlers):
        configure(app.settings)
    built = build_broker(app.settings)
    check_redis(built)
    app.declare(built)
    dramatiq.set_broker(built)
    return app, built, "built"


try:
    app, broker, _how = _bind()
except BackfinError as error:
    # `dramatiq` and `periodiq` print the traceback; without the inner ones, the sentence is easy to find in it.
    raise ImportError(str(error)) from None

log.info("%d actors on %s, %s", len(app.specs), type(broker).__name__, _how)

scrape = broker.get_actor("backfin.scrape.bse") if "bse" in app.plugins.registry.exchanges else None
digest = broker.get_actor("backfin.digest")
read = broker.get_actor("backfin.read")
enrich = broker.get_actor("backfin.enrich")
investors = broker.get_actor("backfin.investors")
match = broker.get_actor("backfin.match")
notify = broker.get_actor("backfin.notify")
sweep = broker.get_actor("backfin.sweep")
tick = broker.get_actor("backfin.tick")
replay = broker.get_actor("backfin.replay")

__all__ = [
    "app",
    "broker",
    "digest",
    "enrich",
    "investors",
    "match",
    "notify",
    "read",
    "replay",
    "scrape",
    "sweep",
    "tick",
]
