"""The contract of an exchange."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date
from typing import Any
from unittest import SkipTest
from zoneinfo import ZoneInfo

from backfin.clock import day_of
from backfin.errors import AttachmentGone, ExchangeUnavailable, ParseError
from backfin.identity import announcement_id
from backfin.interfaces import Exchange, FeedPage
from backfin.models import Attachment, Issuer
from backfin.testing.contracts.checking import NASTY, at_once, nothing_is_touched, raised

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:nbsp|amp|lt|gt|#\d+);")


class ExchangeContract:
    """Checks an exchange.

    Example::

        class TestMyExchange(ExchangeContract):
            def make(self):
                return MyExchange(...)

            def rows(self):
                return json.loads(Path("rows.json").read_text())
    """

    def make(self) -> Exchange:
        """A new exchange. Its feed and files may be served by a local server or a fake session."""
        raise NotImplementedError("make() returns the exchange to check")

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Raw rows as the exchange sends them, all readable."""
        raise NotImplementedError("rows() returns raw rows, all readable")

    def day(self) -> date:
        """A day on which the feed of :meth:`make` shows :meth:`rows`."""
        raise SkipTest("day() names no day that can be fetched")

    def attachment(self) -> Attachment:
        """An attachment that can be fetched."""
        raise SkipTest("attachment() names no file that can be fetched")

    def missing_attachment(self) -> Attachment:
        """An attachment that no address has."""
        raise SkipTest("missing_attachment() names no file that is gone")

    def make_unreachable(self) -> Exchange:
        """An exchange whose service does not answer."""
        raise SkipTest("make_unreachable() returns no exchange")

    def test_making_one_touches_neither_network_nor_disk(self) -> None:
        self.make()  # whatever is imported late is imported by now
        with nothing_is_touched():
            self.make()

    def test_it_says_who_it_is(self) -> None:
        exchange = self.make()

        assert isinstance(exchange, Exchange), "it lacks an attribute or a method of Exchange"
        assert re.fullmatch(r"[a-z][a-z0-9_]*", exchange.name), (
            f"the name {exchange.name!r} is not lower case"
        )
        assert re.fullmatch(r"[A-Z0-9]{4}", exchange.mic), f"{exchange.mic!r} is no market identifier code"
        assert isinstance(exchange.zone, ZoneInfo), "zone is a ZoneInfo"
        assert exchange.poll_interval_s > 0, "poll_interval_s is above zero"

    def test_parsing_is_pure(self) -> None:
        exchange, rows = self.make(), self.rows()
        before = deepcopy(rows)
        first = [exchange.parse(row) for row in rows]

        with nothing_is_touched():
            second = [exchange.parse(row) for row in rows]

        assert first == second, "the same row gave two announcements"
        assert rows == before, "parsing changed a row"

    def test_an_announcement_carries_its_keys_and_its_row(self) -> None:
        exchange = self.make()
        assert self.rows(), "rows() is empty"

        for row in self.rows():
            found, native = exchange.parse(row), exchange.native_id(row)
            assert found.exchange == exchange.name
            assert found.announcement_id == announcement_id(exchange.name, native)
            assert found.raw == dict(row), "raw is the row as it came"
            assert found.issuer_name, "an announcement names its issuer"
        ids = {exchange.native_id(row) for row in self.rows()}
        assert len(ids) == len(self.rows()), "two rows share a native id"

    def test_texts_are_plain(self) -> None:
        exchange = self.make()

        for row in self.rows():
            found = exchange.parse(row)
            for text in (found.subject, found.headline, found.body, found.issuer_name):
                assert not _TAG.search(text), f"markup is left in {text!r}"

    def test_a_row_without_anything_is_a_parse_error(self) -> None:
        exchange = self.make()

        raised(lambda: exchange.parse({}), ParseError)
        raised(lambda: exchange.native_id({}), ParseError)

    def test_a_row_with_a_nasty_value_is_read_or_is_a_parse_error(self) -> None:
        exchange, row = self.make(), self.rows()[0]

        for name in row:
            for value in NASTY:
                spoilt = {**row, name: value}
                for call in (exchange.parse, exchange.native_id):
                    try:
                        call(spoilt)
                    except ParseError:
                        continue
                    except Exception as error:
                        raise AssertionError(f"{name}={value!r} raised {type(error).__name__}") from error

    def test_many_threads_may_parse_at_once(self) -> None:
        exchange = self.make()

        answers = at_once(lambda: [exchange.parse(row) for row in self.rows()])

        assert all(answer == answers[0] for answer in answers)

    def test_pages_come_newest_first_with_every_row_once(self) -> None:
        exchange, day = self.make(), self.day()

        pages = list(exchange.fetch_day(day))

        _check_pages(exchange, pages, day)
        shown = {exchange.native_id(row) for page in pages for row in page.rows}
        assert shown == {exchange.native_id(row) for row in self.rows()}, "the feed shows other rows"

    def test_nothing_is_fetched_before_a_page_is_asked_for(self) -> None:
        exchange, day = self.make(), self.day()

        with nothing_is_touched():
            pages = exchange.fetch_day(day)

        assert next(iter(pages)).number == 1

    def test_an_attachment_lands_on_disk(self) -> None:
        download = self.make().fetch_attachment(self.attachment())

        try:
            assert download.path.stat().st_size == download.size_bytes > 0
            assert "/" in download.media_type
            assert download.url
        finally:
            download.path.unlink(missing_ok=True)

    def test_an_attachment_nobody_has_is_gone(self) -> None:
        exchange, attachment = self.make(), self.missing_attachment()

        raised(lambda: exchange.fetch_attachment(attachment), AttachmentGone)

    def test_issuers_have_one_isin_each(self) -> None:
        self.day()
        issuers = list(self.make().fetch_issuers())

        assert all(isinstance(issuer, Issuer) for issuer in issuers)
        assert len({issuer.isin for issuer in issuers}) == len(issuers), "two issuers share an ISIN"

    def test_an_exchange_that_is_down_is_never_taken_for_nothing_new(self) -> None:
        exchange = self.make_unreachable()

        raised(lambda: list(exchange.fetch_day(date(2026, 7, 1))), ExchangeUnavailable)
        raised(lambda: list(exchange.fetch_issuers()), ExchangeUnavailable)


def _check_pages(exchange: Exchange, pages: Sequence[FeedPage], day: date) -> None:
    assert pages, "a day without rows is still one page"
    assert [page.number for page in pages] == list(range(1, len(pages) + 1)), "pages count from 1"
    assert all(isinstance(page.content, bytes) and page.content for page in pages), "content is the bytes"
    found = [exchange.parse(row) for page in pages for row in page.rows]
    times = [one.disseminated_at for one in found]
    assert times == sorted(times, reverse=True), "rows come newest first"
    assert {day_of(time, exchange.zone) for time in times} <= {day}, "a row is of another day"
    assert len({one.announcement_id for one in found}) == len(found), "a row came twice"
    assert pages[-1].expected in (None, len(found)), "the count differs from the rows shown"
