"""Bulk deals, block deals and insider trades of BSE and NSE for backfin.

Installing the package is all there is to it: ``backfin plugins`` then lists ``deals``, and ``backfin up`` reads the
feeds ``bse_deals`` and ``nse_deals``. Settings are in the sections ``exchanges.bse_deals`` and
``exchanges.nse_deals``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from backfin import hookimpl

if TYPE_CHECKING:
    from backfin.interfaces import Exchange, PromptSet

backfin_api = "1"


@hookimpl
def backfin_exchanges(services: Any) -> Iterable[Exchange]:
    """One feed for each exchange, unless it is switched off."""
    from backfin_deals.bse import BseDeals
    from backfin_deals.nse import NseDeals
    from backfin_deals.settings import BseDealsSettings, NseDealsSettings

    exchanges = services.settings.exchanges
    bse = BseDealsSettings.of(exchanges.section(BseDeals.name), BseDeals.name)
    nse = NseDealsSettings.of(exchanges.section(NseDeals.name), NseDeals.name)
    if bse.enabled:
        yield BseDeals(bse, services.pacer, clock=services.clock)
    if nse.enabled:
        yield NseDeals(nse, services.pacer, clock=services.clock)


@hookimpl
def backfin_prompt_sets() -> Iterable[PromptSet]:
    """The set whose rules turn a row's own fields into facts and parties."""
    from backfin_deals.prompts import DealPrompts

    return [DealPrompts()]
