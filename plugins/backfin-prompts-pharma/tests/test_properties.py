"""Whatever a filing holds: the rules answer, quickly, and with nothing that is not on its pages."""

from __future__ import annotations

import time

import pytest
from backfin_prompts_pharma import PharmaPrompts
from backfin_prompts_pharma.reading import read
from hypothesis import given, settings
from hypothesis import strategies as st

from backfin.enrichment.rules.enricher import RulesEnricher
from backfin.models import EventType
from backfin.testing import make_reading
from filings import read as read_letter
from filings import values

WORDS = """\
USFDA|US FDA|Form 483|with|4|four (4)|observations|no|zero|data integrity|inspection|\
at our Goa facility|from
June 2 to June 13, 2026|final approval|tentative approval|ANDA|for|\
Tolvaptan Tablets|15 mg|30 mg and 60 mg|(RLD: Jynarque®)|of Otsuka Ltd.|annual sales of|\
US$ 120 million|IQVIA|received|warning letter|closed out|EIR|VAI|OAI|import alert|CEP|EDQM|\
Phase III|clinical trial|met its primary endpoint|launched|in the U.S.|180 days exclusivity|.|\
. The|\n\n|,|may|1,00,000|31 February 2026|About Example Pharma Limited\n"""
PIECES = st.sampled_from(WORDS.split("|"))
TEXTS = st.lists(PIECES, max_size=60).map(" ".join)


@given(TEXTS, TEXTS, st.sampled_from(EventType))
@settings(max_examples=150, deadline=None)
def test_the_rules_answer_whatever_the_words(one: str, other: str, event_type: EventType) -> None:
    found = read(make_reading(one, other, isin="INE044A01036"), event_type)

    if found is not None:
        assert found.category in {category.label for category in PharmaPrompts().categories}


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_what_they_state_is_never_found_to_be_ungrounded(text: str) -> None:
    made = RulesEnricher().enrich(
        make_reading(text, isin="INE044A01036", subject="USFDA", headline=""), PharmaPrompts()
    )

    facts = {f"ungrounded:{name}" for name in made.facts}
    assert facts & set(made.flags) == set()
    assert "fallback:pharma" not in made.flags


@given(
    count=st.integers(1, 40),
    month=st.sampled_from(["January", "June", "December"]),
    days=st.tuples(st.integers(1, 14), st.integers(15, 28)),
)
@settings(max_examples=40, deadline=None)
def test_counts_and_days_come_back_as_written(count: int, month: str, days: tuple[int, int]) -> None:
    first, last = days
    word = "observation" if count == 1 else "observations"
    made = read_letter(
        f"The USFDA inspected our Goa facility from {month} {first} to {month} {last}, 2026 and"
        f" issued a Form 483 with"
        f" {count} {word}."
    )

    number = {"January": 1, "June": 6, "December": 12}[month]
    told = values(made)
    assert told["observations"] == count
    assert told["inspection_start"] == f"2026-{number:02}-{first:02}"
    assert told["inspection_end"] == f"2026-{number:02}-{last:02}"


@given(
    st.integers(1, 9999),
    st.sampled_from(["million", "mn", "billion"]),
    st.sampled_from(["US$ ", "USD ", "$"]),
)
@settings(max_examples=40, deadline=None)
def test_a_market_comes_back_in_its_own_currency_and_size(number: int, scale: str, sign: str) -> None:
    made = read_letter(
        "Example has received final approval from the USFDA for Tolvaptan Tablets, 15 mg. The"
        " product has an estimated"
        f" market size of {sign}{number} {scale} according to IQVIA."
    )

    factor = 10**9 if scale == "billion" else 10**6
    assert values(made)["market_size"] == f"USD {number * factor}"


@pytest.mark.parametrize(
    "piece",
    [
        "A",
        "Aa ",
        "Tablets ",
        "Aaa Tablets ",
        "1 mg, ",
        "Unit ",
        "at our Goa, ",
        " ",
        "\n",
        "no ",
        "4 a a ",
        "sales of ",
        "RLD Aaa ",
        "(",
        "from June 2 ",
        "phase ",
        "met all ",
        "IQVIA market size of ",
        "USFDA approval for ",
        "About A ",
        "data integrity ",
        "180 days a ",
    ],
)
def test_the_time_grows_with_the_length_alone(piece: str) -> None:
    text = "USFDA inspection approval launch trial of Aaa Tablets " + piece * (12_000 // len(piece))
    reading = make_reading(text, text, isin="INE044A01036", subject="USFDA approval of tablets", headline="")

    began = time.process_time()
    read(reading, EventType.REGULATORY_APPROVAL)

    assert time.process_time() - began < 5
