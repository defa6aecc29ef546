"""One filing on two exchanges: one alert in each phase, whichever comes first, and never two filings as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from backfin import Backfin, Issuer
from backfin.context import Context
from backfin.errors import ExchangeUnavailable
from backfin.models import IssuerCode, Method, Phase, State
from backfin.specs import Next
from backfin.steps.match import flash, match
from backfin.steps.read import read
from backfin.steps.scrape import scrape
from backfin.testing import FakeExchange, RecordingNotifier, make_app, make_row, make_watch
from backfin.testing.pdf import make_pdf

ISIN = "INE999A01015"
ORDER = (
    "To the stock exchanges. Sub: Receipt of an order. We are pleased to inform you that the company has received "
    "an order from Example Rail Limited for the supply of signalling cables. "
)
LONG = ORDER + "The order is to be executed within eighteen months and is worth Rs. {} crore. " * 4


def letter(amount: str = "12.5", *more: str) -> bytes:
    return make_pdf([LONG.format(*[amount] * 4), *more])


class Pair:
    """Two exchanges that each publish one row of the same company, and someone who listens."""

    def __init__(self, app: Backfin, east: FakeExchange, west: FakeExchange) -> None:
        self.app, self.east, self.west = app, east, west

    def publish(self, first: bytes, second: bytes) -> None:
        self.east.files, self.west.files = {"e.pdf": first}, {"w.pdf": second}

    def listen(self, phase: Phase) -> None:
        self.app.store.watches.put(make_watch(phase=phase))

    def come(self, *names: str) -> None:
        """Each exchange is polled and its row goes its whole way, one after the other."""
        for name in names:
            self.app.run_inline([Next(f"backfin.scrape.{name}", name)])

    def told(self) -> list[tuple[str, str]]:
        return [(alert.phase.value, alert.announcement.exchange) for alert in self.channel.alerts]

    @property
    def channel(self) -> RecordingNotifier:
        found = self.app.context.registry.notifiers["test"]
        assert isinstance(found, RecordingNotifier)
        return found

    def filings(self) -> set[str | None]:
        return {self.app.store.announcements.status(key).filing_id for key in ("east:1", "west:1")}


@pytest.fixture
def pair() -> Iterator[Pair]:
    east = FakeExchange([make_row(1, file="e.pdf", isin=ISIN)], name="east")
    west = FakeExchange([make_row(1, file="w.pdf", isin=ISIN, subject="In other words")], name="west")
    settings = {"documents": {"processes": 1, "timeout": 20}}
    with make_app(exchanges=[east, west], notifiers=[RecordingNotifier()], settings=settings) as app:
        yield Pair(app, east, west)


@pytest.mark.parametrize("order", [("east", "west"), ("west", "east")])
@pytest.mark.parametrize("copy", ["same bytes", "other bytes"])
def test_a_filing_on_both_is_one_alert_in_each_phase(pair: Pair, order: tuple[str, str], copy: str) -> None:
    pair.publish(letter(), letter() if copy == "same bytes" else letter() + b"\n% uploaded twice\n")
    pair.listen(Phase.BOTH)

    pair.come(*order)

    assert sorted(pair.told()) == [("enriched", order[0]), ("flash", order[0])]
    assert len(pair.filings()) == 1
    assert all(
        pair.app.store.announcements.status(key).state is State.MATCHED for key in ("east:1", "west:1")
    )


@pytest.mark.parametrize("other", [letter("12.6"), letter("12.5", "An annexure. " * 40)])
def test_two_filings_in_the_same_words_stay_two(pair: Pair, other: bytes) -> None:
    pair.publish(letter(), other)
    pair.listen(Phase.BOTH)

    pair.come("east", "west")

    assert sorted(pair.told()) == [
        ("enriched", "east"),
        ("enriched", "west"),
        ("flash", "east"),
    ]
    assert len(pair.filings()) == 2


def test_one_exchange_shows_no_filing_twice_in_other_bytes(pair: Pair) -> None:
    pair.east.rows.append(make_row(2, file="again.pdf", isin=ISIN))
    pair.publish(letter(), letter())
    pair.east.files["again.pdf"] = letter() + b"\n% another upload\n"
    pair.listen(Phase.ENRICHED)

    pair.come("east", "west")

    status = pair.app.store.announcements.status
    assert status("east:1").filing_id == status("west:1").filing_id != status("east:2").filing_id
    assert len(pair.told()) == 2


def test_two_filings_are_two_flashes_for_those_who_hear_nothing_else(pair: Pair) -> None:
    pair.publish(letter(), letter("12.6"))
    pair.listen(Phase.FLASH)

    pair.come("east", "west")

    assert sorted(pair.told()) == [("flash", "east"), ("flash", "west")]


@pytest.mark.parametrize("order", [("east", "west"), ("west", "east")])
@pytest.mark.parametrize("phase", [Phase.FLASH, Phase.BOTH])
def test_rows_that_come_at_once_wait_for_their_files_and_are_one_flash(
    pair: Pair, phase: Phase, order: tuple[str, str]
) -> None:
    pair.publish(letter(), letter())
    pair.listen(phase)
    for name in ("east", "west"):
        scrape(pair.app.context, name)

    waiting = [flash(pair.app.context.for_message(None), key) for key in ("east:1", "west:1")]

    assert [(one.actor, one.delay_s > 0) for (one,) in waiting] == [("backfin.flash", True)] * 2
    pair.app.run_inline([*(Next("backfin.read", f"{name}:1") for name in order), *waiting[0], *waiting[1]])
    assert [phase for phase, _ in pair.told()].count("flash") == (1 if phase is Phase.FLASH else 0)
    assert [phase for phase, _ in pair.told()].count("enriched") == (0 if phase is Phase.FLASH else 1)


@pytest.mark.parametrize("step", [flash, match])
def test_a_step_looks_an_issuers_day_up_once(
    pair: Pair, step: Callable[[Context, str], list[Next]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.publish(letter(), letter())
    pair.listen(Phase.FLASH)
    pair.come("east", "west")
    kept = pair.app.store.announcements
    asked, select = [], kept.select
    monkeypatch.setattr(kept, "select", lambda **wanted: asked.append(wanted) or select(**wanted))

    step(pair.app.context.for_message(None), "west:1")

    assert [wanted["isin"] for wanted in asked] == [ISIN]
    assert pair.told() == [("flash", "east")]


def test_a_flash_does_not_wait_for_ever_for_a_file_that_cannot_be_had(pair: Pair) -> None:
    pair.publish(letter(), letter())
    pair.listen(Phase.FLASH)
    scrape(pair.app.context, "east")
    pair.east.fault = ExchangeUnavailable("Down.", fault="timeout")

    pair.app.run_inline([Next("backfin.flash", "east:1")])
    scrape(pair.app.context, "west")
    pair.app.run_inline([Next("backfin.flash", "west:1"), Next("backfin.read", "west:1")])

    assert pair.told() == [("flash", "east"), ("flash", "west")]


def test_the_facts_of_one_exchange_know_the_flash_of_the_other(pair: Pair) -> None:
    pair.publish(letter(), letter())
    pair.listen(Phase.BOTH)
    scrape(pair.app.context, "east")
    pair.app.run_inline([Next("backfin.flash", "east:1")])
    read(pair.app.context.for_message(None), "east:1")

    pair.come("west")

    first, second = pair.channel.alerts

    assert (first.phase, first.announcement.exchange) == (Phase.FLASH, "east")
    assert (second.phase, second.announcement.exchange) == (Phase.ENRICHED, "west")
    assert second.previous_receipt is not None


def test_the_same_bytes_are_one_filing_also_when_a_reading_failed(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.publish(letter(), letter())
    reader = pair.app.context.reader
    with monkeypatch.context() as patch:
        patch.setattr(
            type(reader),
            "read_shared",
            lambda self, key, path: reader.read(path).model_copy(
                update={"pages": (), "flags": ("timed_out",), "method": Method.NONE}
            ),
        )
        pair.come("east")

    pair.come("west")

    assert len(pair.filings()) == 1


def test_a_company_is_found_by_its_symbol_or_its_name() -> None:
    codes = [("symbol", "SARAS"), ("name", "Saraswati Cables Ltd")]
    issuer = Issuer(
        isin=ISIN,
        name="Saraswati Cables Limited",
        codes=tuple(IssuerCode(kind=kind, exchange="fake", value=value) for kind, value in codes),
    )
    exchange = FakeExchange([make_row(1, code=None)], issuers=[issuer])
    with make_app(exchanges=[exchange]) as app:
        scrape(app.context, "fake")

        assert app.store.announcements.get("fake:1").isin == ISIN
        assert app.store.announcements.get("fake:1").symbol == "SARAS"
