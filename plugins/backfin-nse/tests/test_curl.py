"""The optional transport, over real sockets: the same answers, guarded the same way."""

from __future__ import annotations

import pytest
from backfin.errors import EgressRefused, ExchangeUnavailable
from backfin.exchanges import PoliteSession
from backfin.pacing import LocalPacer

from nse_rows import DAY, exchange_at, rows, served

pytest.importorskip("curl_cffi")


def test_the_feed_is_read_with_cookies_and_brotli() -> None:
    with served({"equities": rows(30)}, needs_cookie=True, transport="curl", segments="equities") as (
        _,
        exchange,
    ):
        (page,) = exchange.fetch_day(DAY)

    assert len(page.rows) == 30
    assert page.faults == ("refused",)


@pytest.mark.parametrize("fault", ["reset", "truncated", "error_500", "block_page", "empty_body"])
def test_an_odd_answer_loses_no_row(fault: str) -> None:
    with served({"equities": rows(30)}, transport="curl", segments="equities") as (server, exchange):
        server.faults.append(fault)

        (page,) = exchange.fetch_day(DAY)

    assert len(page.rows) == 30
    assert page.faults


def test_a_host_that_is_down_is_an_error_of_ours() -> None:
    nobody = "http://127.0.0.1:1"
    with (
        exchange_at(nobody, nobody, transport="curl", timeout=1) as exchange,
        pytest.raises(ExchangeUnavailable),
    ):
        list(exchange.fetch_day(DAY))


def test_private_hosts_are_refused() -> None:
    from backfin_nse.curl import CurlTransport

    session = PoliteSession(
        LocalPacer(), interval_s=0, cooldown_s=1, timeout_s=2, headers={}, transport=CurlTransport
    )
    with pytest.raises(EgressRefused):
        session.get("http://127.0.0.1:9/")
