"""NSE's bulk and block deals, and the insider trades reported to it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from backfin import Issuer
from backfin.clock import Clock
from backfin.errors import ExchangeUnavailable, SourceChanged
from backfin.exchanges import Patience, site_of
from backfin.interfaces import Pacer

from backfin_deals.answers import Answer, of_day, read_csv
from backfin_deals.day import Source
from backfin_deals.feed import Feed
from backfin_deals.fields import text
from backfin_deals.issuers import nse_issuers, read_list
from backfin_deals.records import Row, day_of_row
from backfin_deals.settings import NseDealsSettings
from backfin_deals.xbrl import read_trades

#: The page that the site itself asks for deals from; it sets the cookies, also when it answers 403.
PAGE = "/report-detail/display-bulk-and-block-deals"

#: The list of the main board, which must be there, and the one of the SME board.
MAIN_BOARD = "/content/equities/EQUITY_L.csv"
SME_BOARD = "/emerge/corporates/content/SME_EQUITY_L.csv"

#: Rows at which an answer about deals stops, without a word that there are more.
_MOST_DEALS = 70

#: Files of insider trades that are remembered, so that no poll fetches them again.
_REMEMBERED = 1000


class NseDeals(Feed):
    """NSE's deals and insider trades. Arguments as :class:`backfin_deals.feed.Feed`."""

    name = "nse_deals"
    mic = "XNSE"
    market = "NSE"

    def __init__(
        self,
        settings: NseDealsSettings,
        pacer: Pacer,
        *,
        clock: Clock | None = None,
        patience: Patience | None = None,
    ) -> None:
        site = site_of(settings.api_url)
        super().__init__(
            settings,
            pacer,
            api_url=settings.api_url,
            urls=(settings.files_url,),
            site=f"{site}/",
            page=f"{site}{PAGE}",
            clock=clock,
            patience=patience,
        )
        self._files_url = settings.files_url.rstrip("/")
        self._trades_of: OrderedDict[str, list[dict[str, Any]]] = OrderedDict()

    def fetch_issuers(self) -> list[Issuer]:
        """All companies listed now, on the main board and, where NSE shows that list, on the SME board.

        Raises:
            ExchangeUnavailable, RateLimited, SourceChanged: The list of the main board gave no usable answer.
        """
        rows = self._client.read(f"{self._files_url}{MAIN_BOARD}", read_list, [])
        with suppress(ExchangeUnavailable, SourceChanged):
            rows += self._client.read(f"{self._files_url}{SME_BOARD}", read_list, [])
        return nse_issuers(rows, self.name)

    def _sources(self) -> Mapping[str, Source]:
        pause = self._client.pause
        return {
            "bulk": Source("bulk", partial(self._deals, "bulk_deals"), pause),
            "block": Source("block", partial(self._deals, "block_deals"), pause, may_rest=True),
            "insider": Source("insider", self._trades, pause),
        }

    def _deals(self, kind: str, day: date, faults: list[str]) -> Answer:
        """Deals in JSON; where that stops at its limit, the same question in CSV, which knows none."""
        path, written = "historicalOR/bulk-block-short-deals", f"{day:%d-%m-%Y}"
        params = {"optionType": kind, "from": written, "to": written}
        answer = self._table(path, params, faults)
        if answer.count != _MOST_DEALS:
            return answer
        try:
            csv = params | {"csv": "true"}
            rows = self._client.read(f"{self._api}/{path}", _read_deals, faults, params=csv)
        except (ExchangeUnavailable, SourceChanged):
            faults.append(f"capped: {kind}")
            return Answer(answer.lists, is_whole=False)
        return Answer((*answer.lists, rows))

    def _trades(self, day: date, faults: list[str]) -> Answer:
        """Insider trades: the list of filings with their files, and the older table where it has any."""
        written = f"{day:%d-%m-%Y}"
        params = {"index": "equities", "from_date": written, "to_date": written}
        is_plain = False
        try:
            listed = self._table("corporates-pit-gg", params, faults)
            is_plain = listed.is_plain
            if listed.count:
                return self._with_files(listed, day, faults)
        except (ExchangeUnavailable, SourceChanged) as error:
            faults.append(f"{error.facts.get('fault', 'unknown')}: list of insider trades")
        table = self._table("corporates-pit", params, faults)
        # It may show the same old rows whatever it is asked, which says nothing of the day.
        return Answer(tuple(of_day(rows, day) for rows in table.lists), is_plain or table.is_plain)

    def _with_files(self, listed: Answer, day: date, faults: list[str]) -> Answer:
        """The trades in the filings of a list; a file that cannot be had leaves the reading open."""
        rows: list[Row] = []
        is_whole = True
        for filing in (row for part in listed.lists for row in part):
            url = self._file_url(filing) if day_of_row(filing) in (day, None) else ""
            if not url:
                rows.append(filing)
                continue
            try:
                rows += self._trades_in(url, filing, faults)
            except (ExchangeUnavailable, SourceChanged) as error:
                faults.append(f"{error.facts.get('fault', 'unknown')}: file of insider trades")
                is_whole = False
        return Answer((rows,), is_whole=is_whole)

    def _file_url(self, filing: Row) -> str:
        """Where the trades of a filing stand; empty where its row states them itself."""
        if text(filing.get("acqName")):
            return ""
        path = urlsplit(text(filing.get("xmlFileName"))).path
        return f"{self._files_url}{quote(unquote(path), safe='/')}" if path.strip("/") else ""

    def _trades_in(self, url: str, filing: Row, faults: list[str]) -> list[dict[str, Any]]:
        known = self._trades_of.get(url)
        if known is None:
            known = self._client.read(url, lambda content: read_trades(content, filing, url), faults)
            self._trades_of[url] = known
            while len(self._trades_of) > _REMEMBERED:
                self._trades_of.popitem(last=False)
        return known


def _read_deals(content: bytes) -> list[dict[str, Any]]:
    return read_csv(content, "NSE", "symbol", "client name", "quantity")
