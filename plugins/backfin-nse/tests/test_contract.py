"""NSE through the contract of exchanges, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest
from backfin import Attachment
from backfin.interfaces import Exchange
from backfin.testing import ExchangeContract

from backfin_nse.testing import NseServer
from nse_rows import DAY, LISTS, PDF, exchange_at, rows, small_row


class TestNse(ExchangeContract):
    @pytest.fixture(autouse=True)
    def _server(self) -> Iterator[None]:
        with ExitStack() as self.stack:
            made = NseServer({"equities": rows(60), "sme": [small_row()]}, {"file-1.pdf": PDF}, LISTS)
            self.server = self.stack.enter_context(made)
            yield

    def make(self) -> Exchange:
        return self.stack.enter_context(exchange_at(self.server.api_url, self.server.files_url))

    def make_unreachable(self) -> Exchange:
        nobody = "http://127.0.0.1:1"
        return self.stack.enter_context(exchange_at(nobody, nobody, timeout=1))

    def rows(self) -> Sequence[Mapping[str, Any]]:
        return [*rows(60), small_row()]

    def day(self) -> date:
        return DAY

    def attachment(self) -> Attachment:
        return self.make().parse(rows(2)[1]).attachments[0]

    def missing_attachment(self) -> Attachment:
        return self.make().parse(rows(3)[2]).attachments[0]
