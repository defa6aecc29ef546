"""BSE's bulk and block deals, and the insider trades reported to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from backfin import Issuer
from backfin.clock import Clock
from backfin.errors import BackfinError, ExchangeUnavailable, SourceChanged
from backfin.exchanges import Patience, site_of
from backfin.interfaces import Pacer

from backfin_deals.answers import Answer, of_day
from backfin_deals.day import Source
from backfin_deals.feed import Feed
from backfin_deals.issuers import bse_issuers
from backfin_deals.page import download_form, read_download
from backfin_deals.settings import BseDealsSettings

#: Rows at which an answer about insider trades stops, without a word that there are more.
_MOST_TRADES = 25


class BseDeals(Feed):
    """BSE's deals and insider trades. Arguments as :class:`backfin_deals.feed.Feed`."""

    name = "bse_deals"
    mic = "XBOM"
    market = "BSE"

    def __init__(
        self,
        settings: BseDealsSettings,
        pacer: Pacer,
        *,
        clock: Clock | None = None,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(
            settings,
            pacer,
            api_url=settings.api_url,
            urls=(settings.page_url,),
            site=f"{site_of(settings.page_url)}/",
            clock=clock,
            patience=patience,
        )
        self._page = settings.page_url

    def fetch_issuers(self) -> list[Issuer]:
        """BSE's active and suspended scrips, with their ISINs.

        Raises:
            ExchangeUnavailable, RateLimited, SourceChanged: No usable answer.
        """
        rows: list[Mapping[str, Any]] = []
        for status in ("Active", "Suspended"):
            params = {"Group": "", "Scripcode": "", "industry": "", "segment": "Equity", "status": status}
            answer = self._table("ListofScripData/w", params, [])
            rows += [row for part in answer.lists for row in part]
            if not rows:
                raise ExchangeUnavailable(
                    "BSE lists no active scrip; it is asked again later.", fault="empty_table"
                )
        return bse_issuers(rows, self.name)

    def _sources(self) -> Mapping[str, Source]:
        pause = self._client.pause
        return {
            "bulk": Source("bulk", partial(self._deals, "1"), pause),
            "block": Source("block", partial(self._deals, "2"), pause, may_rest=True),
            "insider": Source("insider", self._trades, pause),
        }

    def _deals(self, kind: str, day: date, faults: list[str]) -> Answer:
        written = f"{day:%d/%m/%Y}"
        params = {"DealType": kind, "sc_code": "", "FDate": written, "TDate": written}
        return self._table("BulkDealData_ng/w", params, faults)

    def _trades(self, day: date, faults: list[str]) -> Answer:
        """Insider trades: from the API, and from the page where that gives nothing, or may lack some."""
        try:
            told = self._asked_trades(day, faults)
        except (ExchangeUnavailable, SourceChanged) as error:
            faults.append(f"{error.facts.get('fault', 'unknown')}: insider")
            return self._downloaded(day, faults)
        if told.is_whole and told.count:
            return told
        try:
            more = self._downloaded(day, faults)
        except BackfinError as error:
            faults.append(f"{error.facts.get('fault', 'unknown')}: insider page")
            return told
        is_whole = more.is_whole or (told.is_whole and not more.count)
        return Answer(told.lists + more.lists, is_plain=True, is_whole=is_whole)

    def _asked_trades(self, day: date, faults: list[str]) -> Answer:
        path, written = "getCorp_Regulation_ng/w", f"{day:%Y%m%d}"
        params = {"scripCode": "", "Regulation": "", "fromDT": written, "ToDate": written, "Isdefault": "2"}
        answer = self._table(path, params, faults)
        if not self._is_today(day):
            return Answer(answer.lists, answer.is_plain, is_whole=answer.count < _MOST_TRADES)
        # Of today the site shows all there is, to those who give no dates.
        try:
            latest = self._table(path, params | {"fromDT": "", "ToDate": "", "Isdefault": "1"}, faults)
        except (ExchangeUnavailable, SourceChanged):
            return Answer(answer.lists, answer.is_plain, is_whole=answer.count < _MOST_TRADES)
        # In the night that is still all of yesterday.
        shown = tuple(of_day(rows, day) for rows in latest.lists)
        is_whole = answer.count < _MOST_TRADES or sum(map(len, shown)) > _MOST_TRADES
        return Answer(answer.lists + shown, answer.is_plain, is_whole)

    def _downloaded(self, day: date, faults: list[str]) -> Answer:
        # The site may have given the page up: one try tells.
        form = self._client.read(self._page, lambda content: download_form(content, day), faults, tries=1)
        return self._client.read(self._page, read_download, faults, form=form)
