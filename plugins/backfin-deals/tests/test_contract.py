"""Both feeds through the contract of exchanges, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest
from backfin import Attachment
from backfin.interfaces import Exchange
from backfin.testing import ExchangeContract

from backfin_deals.testing import DealsServer, Tables
from deal_rows import DAY, LISTS, SCRIPS, as_fed, bse_deal, bse_trade, feed_at, nse_deal, nse_trade


class DealsContract(ExchangeContract):
    name: str

    @pytest.fixture(autouse=True)
    def _server(self) -> Iterator[None]:
        with ExitStack() as self.stack:
            self.server = self.stack.enter_context(DealsServer(self.tables()))
            yield

    def tables(self) -> Tables:
        raise NotImplementedError

    def make(self) -> Exchange:
        return self.stack.enter_context(feed_at(self.server, self.name))

    def make_unreachable(self) -> Exchange:
        nowhere = "http://127.0.0.1:1"
        other = "page_url" if self.name == "bse_deals" else "files_url"
        return self.stack.enter_context(
            feed_at(self.server, self.name, api_url=nowhere, timeout=1, **{other: nowhere})
        )

    def day(self) -> date:
        return DAY

    def missing_attachment(self) -> Attachment:
        return Attachment(name="a.pdf", urls=("http://127.0.0.1:1/a.pdf",))


class TestBse(DealsContract):
    name = "bse_deals"

    def tables(self) -> Tables:
        return Tables(
            bse_bulk=[bse_deal(1), bse_deal(2), bse_deal(2)],
            bse_block=[bse_deal(1)],
            bse_trades=[bse_trade(n) for n in range(5)],
            scrips=SCRIPS,
        )

    def rows(self) -> Sequence[Mapping[str, Any]]:
        return [
            as_fed(bse_deal(1), "bulk"),
            as_fed(bse_deal(2), "bulk"),
            as_fed(bse_deal(2), "bulk", 2),
            as_fed(bse_deal(1), "block"),
            *(as_fed(bse_trade(n), "insider") for n in range(5)),
        ]


class TestNse(DealsContract):
    name = "nse_deals"

    def tables(self) -> Tables:
        return Tables(
            nse_bulk=[nse_deal(n) for n in range(90)],
            nse_block=[nse_deal(1)],
            nse_trades=[nse_trade(n) for n in range(5)],
            files=LISTS,
        )

    def rows(self) -> Sequence[Mapping[str, Any]]:
        return [
            *(as_fed(nse_deal(n), "bulk") for n in range(90)),
            as_fed(nse_deal(1), "block"),
            *(as_fed(nse_trade(n), "insider") for n in range(5)),
        ]
