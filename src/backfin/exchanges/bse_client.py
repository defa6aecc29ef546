"""Questions to BSE's API, one request each, asked again after seconds when the answer is odd."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from backfin.errors import ExchangeUnavailable
from backfin.exchanges.bse_answers import ODD_EMPTIES, Sheet, read_master, read_sheet
from backfin.exchanges.patience import Patience
from backfin.http import PoliteSession

#: The page that the site itself asks the API from.
SITE = "https://www.bseindia.com/"

#: The categories of the site's own drop-down, the busiest first.
CATEGORIES = (
    "Company Update",
    "Result",
    "Board Meeting",
    "Insider Trading / SAST",
    "Corp. Action",
    "AGM/EGM",
    "New Listing",
    "Integrated Filing",
    "Others",
)

#: Stands for all categories in a query.
ALL = "-1"

#: States of a scrip in the master; the first one's rows win where a company stands in several.
STATUSES = ("Active", "Suspended", "Delisted")


@dataclass(frozen=True, slots=True)
class Query:
    """One question to the feed: a range of IST days, both included, and what narrows it.

    BSE serves all categories at once for a single day only.
    """

    first: date
    last: date
    category: str = ALL
    scrip_code: str = ""

    def page(self, number: int) -> dict[str, str]:
        """The parameters that ask for one page, counted from 1."""
        return {
            "pageno": str(number),
            "strCat": self.category,
            "strPrevDate": f"{self.first:%Y%m%d}",
            "strScrip": self.scrip_code,
            "strSearch": "P",
            "strToDate": f"{self.last:%Y%m%d}",
            "strType": "C",
            "subcategory": "-1",
        }

    def within(self, category: str) -> Query:
        """The same question about one category."""
        return replace(self, category=category)


class BseClient:
    """Asks BSE's API. Safe to share between threads.

    Args:
        http: The polite session that carries the requests.
        api_url: Base URL of the API.
        patience: How often an odd answer is asked for again.
    """

    def __init__(self, http: PoliteSession, api_url: str, patience: Patience) -> None:
        self._http = http
        self._patience = patience
        self._base = api_url.rstrip("/")

    def sheet(
        self,
        query: Query,
        number: int,
        faults: list[str],
        *,
        may_be_end: bool = False,
        tries: int | None = None,
    ) -> Sheet:
        """Fetches one page; the faults met on the way are added to ``faults``.

        Args:
            query: The question.
            number: The page, from 1.
            faults: Receives the names of failures.
            may_be_end: Whether no row is expected there, so that an odd answer is just the end.
            tries: Fewer requests than usual.

        Raises:
            ExchangeUnavailable: No usable answer after all tries. A first page without rows is usable only
                when the exchange itself counts 0.
            RateLimited, SourceChanged: As :meth:`backfin.http.PoliteSession.get` and ``read_sheet``.
        """

        def ask() -> Sheet:
            answer = self._http.get(self._feed_url, params=query.page(number))
            try:
                sheet = read_sheet(answer.content)
            except ExchangeUnavailable as error:
                if not may_be_end:
                    raise
                if error.facts["fault"] not in ODD_EMPTIES:
                    faults.append(error.facts["fault"])
                return Sheet(rows=(), count=None, content=b"")
            if number == 1 and not sheet.rows and sheet.count != 0:
                raise ExchangeUnavailable(
                    f"BSE counts {sheet.count} rows and shows none; it is asked again later.",
                    fault="empty_table",
                )
            self._http.accepted(self._feed_url)
            return sheet

        return self._patience.insist(ask, faults, tries=tries)

    def master(self, status: str) -> tuple[Mapping[str, Any], ...]:
        """Fetches the scrip master of one status; an empty list of active scrips is no usable answer."""
        url = f"{self._base}/ListofScripData/w"
        params = {"Group": "", "Scripcode": "", "industry": "", "segment": "Equity", "status": status}

        def ask() -> tuple[Mapping[str, Any], ...]:
            rows = read_master(self._http.get(url, params=params).content)
            if not rows and status == STATUSES[0]:
                raise ExchangeUnavailable(
                    "BSE lists no active scrip; it is asked again later.", fault="empty_table"
                )
            self._http.accepted(url)
            return rows

        return self._patience.insist(ask, [])

    def pause(self) -> None:
        """Waits a moment before the same question is put again."""
        self._patience.pause()

    def stay_away(self, why: str) -> None:
        """Opens a cool-down for the API's host."""
        self._http.stay_away(self._base, why=why)

    @property
    def _feed_url(self) -> str:
        return f"{self._base}/AnnSubCategoryGetData/w"
