"""NSE's corporate announcements for backfin.

Installing the package is all there is to it: ``backfin plugins`` then lists ``nse``, and ``backfin up`` reads it
beside BSE. Settings are in the section ``exchanges.nse``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from backfin import hookimpl

if TYPE_CHECKING:
    from backfin.interfaces import Exchange

backfin_api = "1"


@hookimpl
def backfin_exchanges(services: Any) -> Iterable[Exchange]:
    """NSE, unless it is switched off."""
    from backfin_nse.exchange import NseExchange
    from backfin_nse.settings import NseSettings

    settings = NseSettings.of(services.settings.exchanges.section(NseExchange.name), NseExchange.name)
    return [NseExchange(settings, services.pacer, clock=services.clock)] if settings.enabled else []
