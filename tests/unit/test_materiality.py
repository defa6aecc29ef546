"""The score is arithmetic, and it says what it does not know."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from backfin.enrichment.materiality import Context, grave_flags, line_of, score
from backfin.models import EventType, Fact, IssuerRecord, MaterialityPart, Money

TUESDAY_EVENING = datetime(2026, 6, 30, 15, 0, tzinfo=UTC)
FACTS = {"order_value": Fact(value=Money(amount=Decimal(10**8)))}


def scored(**changes: Any) -> tuple[int, dict[str, MaterialityPart]]:
    values: dict[str, Any] = {
        "event_type": EventType.ORDER_WIN,
        "prior": 0.6,
        "facts": FACTS,
        "flags": (),
        "disseminated_at": TUESDAY_EVENING,
    }
    total, parts = score(**(values | changes))
    return total, {part.name: part for part in parts}


def test_an_unknown_size_is_shown_as_unknown_and_adds_nothing() -> None:
    total, parts = scored()

    assert total == 15
    assert parts["size"].value is None
    assert "unknown" in parts["size"].why


def test_size_is_measured_against_five_times_the_line() -> None:
    total, parts = scored(context=Context(threshold_inr=Decimal(4 * 10**7)))

    assert parts["size"].value == 0.5
    assert total == 35


def test_size_never_counts_more_than_once() -> None:
    _, parts = scored(context=Context(threshold_inr=Decimal(1)))

    assert parts["size"].value == 1.0


def test_every_known_term_adds_its_weight() -> None:
    full = Context(Decimal(1), is_first_in_3_years=True, has_watched_party=True, surprise=1.0)
    saturday = datetime(2026, 7, 4, 12, 0, tzinfo=UTC)

    total, _ = scored(prior=1.0, context=full, disseminated_at=saturday)

    assert total == 100


@pytest.mark.parametrize(
    ("moment", "value"),
    [
        (datetime(2026, 6, 30, 5, 0, tzinfo=UTC), 1.0),
        (datetime(2026, 6, 30, 15, 0, tzinfo=UTC), 0.0),
        (datetime(2026, 7, 3, 13, 0, tzinfo=UTC), 1.0),
        (datetime(2026, 7, 5, 3, 0, tzinfo=UTC), 1.0),
    ],
)
def test_timing_is_told_in_the_exchanges_zone(moment: datetime, value: float) -> None:
    _, parts = scored(disseminated_at=moment)

    assert parts["timing"].value == value


@pytest.mark.parametrize("flag", sorted(grave_flags()))
def test_a_grave_flag_lifts_the_score_to_eighty(flag: str) -> None:
    total, parts = scored(flags=(flag, "no_text"))

    assert total == 80
    assert flag in parts["override"].why


def test_foreign_money_is_not_measured_in_rupees() -> None:
    dollars = {"order_value": Fact(value=Money(amount=Decimal(10**9), currency="USD"))}

    _, parts = scored(facts=dollars, context=Context(threshold_inr=Decimal(1)))

    assert parts["size"].value is None


def test_a_late_filing_counts_as_one_at_a_bad_time() -> None:
    _, parts = scored(context=Context(is_late=True))

    assert (parts["timing"].value, parts["timing"].why) == (1.0, "filed later than its deadline")


def test_a_profit_that_fell_by_half_is_half_a_surprise() -> None:
    facts = {
        "profit_after_tax": Fact(value=Money(amount=Decimal(50))),
        "profit_after_tax_prior_year_quarter": Fact(value=Money(amount=Decimal(100))),
    }

    _, parts = scored(event_type=EventType.FINANCIAL_RESULTS, facts=facts, context=Context.of_facts(facts))

    assert parts["surprise"].value == 0.5
    assert "a year before" in parts["surprise"].why


def test_a_related_party_counts_and_none_named_stays_unknown() -> None:
    related = Context.of_facts({"related_party": Fact(value="yes")})
    unrelated = Context.of_facts({"related_party": Fact(value="no")})

    assert (related.has_watched_party, unrelated.has_watched_party) == (True, None)


def test_the_line_is_the_lowest_of_what_is_known() -> None:
    day = date(2026, 7, 1)

    assert line_of(day, Decimal(1000), Decimal(500), Decimal(100)) == 5
    assert line_of(day, Decimal(1000), Decimal(-500), None) == 20
    assert line_of(day, None, None, None) is None


def test_parts_add_up_to_the_score() -> None:
    total, parts = scored(context=Context(Decimal(10**7), surprise=0.3), flags=("fraud",))

    assert total == round(sum(part.weight * part.value for part in parts.values() if part.value is not None))


def quarterly(years: int, *others: tuple[EventType, int]) -> IssuerRecord:
    """Results of every quarter for some years before the evening, and other filings so many days before it."""
    days = [(EventType.FINANCIAL_RESULTS, 91 * n) for n in range(1, 4 * years + 2)] + list(others)
    filed = [(kind, TUESDAY_EVENING - timedelta(days=ago)) for kind, ago in days]
    return IssuerRecord(filed=tuple(sorted(filed, key=lambda one: one[1], reverse=True)))


def with_record(record: IssuerRecord) -> tuple[int, dict[str, MaterialityPart]]:
    return scored(context=Context().with_record(record, EventType.ORDER_WIN, TUESDAY_EVENING))


def test_size_is_measured_by_the_turnover_of_the_issuers_own_results() -> None:
    quarter = {"revenue_from_operations": Fact(value=Money(amount=Decimal(25 * 10**7)))}

    _, parts = with_record(IssuerRecord(results=(quarter,)))

    assert parts["size"].value == 1.0
    assert parts["size"].why == (
        "₹10 crore against 5 times the line of ₹2 crore (turnover of about ₹100 crore by its own results)"
    )


@pytest.mark.parametrize(
    ("record", "value", "told"),
    [
        (IssuerRecord(), None, "first of its kind in three years: unknown"),
        (quarterly(3), 1.0, "first of its kind in three years"),
        (quarterly(1), None, "none of its kind since 01 April 2025, before which nothing is known"),
        (quarterly(1, (EventType.ORDER_WIN, 200)), 0.0, "the last of its kind was on 12 December 2025"),
        (quarterly(3, (EventType.ORDER_WIN, 1)), 1.0, "first of its kind in three years"),
    ],
)
def test_novelty_is_known_as_far_as_the_record_of_the_issuer_reaches(
    record: IssuerRecord, value: float | None, told: str
) -> None:
    _, parts = with_record(record)

    assert (parts["novelty"].value, parts["novelty"].why) == (value, told)


def test_a_single_old_filing_is_no_record_of_three_years() -> None:
    lone = IssuerRecord(filed=((EventType.DIVIDEND, TUESDAY_EVENING - timedelta(days=1090)),))

    _, parts = with_record(lone)

    assert parts["novelty"].value is None
