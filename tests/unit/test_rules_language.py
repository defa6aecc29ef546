"""The watch language: what rules mean, what is said of wrong ones, and that the index agrees with a loop."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.errors import ConfigError
from backfin.models import (
    Announcement,
    Cadence,
    Enrichment,
    EventType,
    Fact,
    Mention,
    Money,
    Party,
    PartyKind,
    Phase,
    Sentiment,
    Status,
    Watch,
)
from backfin.models.sheets import Sheet
from backfin.models.sheets.kinds import Number
from backfin.notifications.index import WatchIndex
from backfin.notifications.rules import MatchInput, Vocabulary, match_input, parse_rule

NOW = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
ANNOUNCEMENT = Announcement(
    announcement_id="bse:1",
    exchange="bse",
    native_id="1",
    isin="INE002A01018",
    scrip_code="500325",
    symbol="PINE",
    issuer_name="Pine Steel Limited",
    subject="Receipt of Order",
    headline="Pine Steel wins an order worth ₹250 crore for L&T's plant",
    body="आदेश की प्राप्ति",
    disseminated_at=NOW,
)
FACTS = {
    "order_value": Fact(value=Money(amount=Decimal(2_500_000_000))),
    "customer": Fact(value="Oak Power Ltd"),
    "duration_months": Fact(value=18),
    "execution_end": Fact(value="2027-12-31"),
    "related_party": Fact(value=False),
    "order_book_after": Fact(value=Money(amount=Decimal(10_000_000), currency="USD")),
    "stage": Fact(value=None, status=Status.NOT_STATED),
    "allottees": Fact(value=[{"party": "Asha Mehra", "pct": "2.5"}, {"party": "Oak LLP", "pct": "7"}]),
}
ENRICHMENT = Enrichment(
    enrichment_id="e_1",
    announcement_id="bse:1",
    category="New Order",
    also=("Agreements/MoUs",),
    event_type=EventType.ORDER_WIN,
    headline="Order of ₹250 crore from Oak Power",
    summary="Supply of turbines over eighteen months.",
    sentiment=Sentiment.POSITIVE,
    materiality=72,
    facts=FACTS,
    parties=(Party(name_as_written="Oak Power Ltd", role="customer"),),
    flags=("value_unclear",),
    enricher="rules",
    created_at=NOW,
)
MENTION = Mention(
    mention_id="m_1",
    announcement_id="bse:1",
    investor_id="i_42",
    name_as_written="Shri Ashok Mehra",
    kind=PartyKind.PERSON,
    role="allottee",
    created_at=NOW,
)
FLASH = match_input(ANNOUNCEMENT, None, ())
ENRICHED = match_input(ANNOUNCEMENT, ENRICHMENT, [MENTION])

TRUE_RULES = [
    "*",
    "order",
    "ORDER and wins",
    "pine order",
    '"worth ₹250 crore"',
    "“receipt of order”",
    "L&T",
    "प्राप्ति",
    "INE002A01018",
    "ine002a01018",
    "isin = INE002A01018",
    "symbol = pine",
    "symbol in (TCS, PINE)",
    "symbol not in (TCS, INFY)",
    "scrip_code in (500325,532540)",
    "issuer = PINE",
    'issuer = "Pine Steel Ltd."',
    "issuer = 500325",
    "issuer : steel",
    "subject : order",
    'subject = "receipt of order"',
    "exchange = BSE",
    "exchange != NSE",
    "not dividend",
    "dividend or (order and not bonus)",
]
ENRICHED_RULES = [
    'category = "New Order"',
    "category = new-order",
    "category = NEW_ORDER",
    "category = New Order and materiality >= 70",
    "category = Agreements/MoUs",
    "category : order",
    "category in (New Order, Buyback)",
    "event_type = order_win",
    'event_type = "Order Win"',
    "materiality > 71",
    "flag = value_unclear",
    "sentiment = positive",
    "investor = Ashok Mehra",
    "investor : mehra",
    "investor = i_42",
    'party = "Oak Power Limited"',
    "party : oak",
    "turbines",
    "order_value > 100 crore",
    "order_value > Rs 5,00,000",
    "order_value >= 2500000000",
    "order_value = 250 crore",
    "order_value <= ₹ 25,000 lakh",
    "not order_value > 300 crore",
    "customer : oak",
    'customer = "oak power ltd"',
    "duration_months >= 12",
    "execution_end > 2027-01-01",
    "related_party = no",
    "allottees.pct > 5",
    'allottees.party = "asha mehra"',
    "fact.order_value > 1 crore",
    "not stage = LoA",
]
FALSE_RULES = [
    "orde",
    '"order worth bonus"',
    "symbol = TCS",
    "issuer = Steel",
    "not order",
    "order and dividend",
    "category = Buyback",
    "order_value > 300 crore",
    "order_value > USD 1",
    "order_book_after > 1",
    "stage = LoA",
    "customer : pow",
    "allottees.pct > 8",
    "no_such_fact_here = 1",
    "materiality < 72",
    "materiality != 72",
]


@pytest.mark.parametrize("rule", TRUE_RULES)
def test_rules_on_the_exchanges_own_words_match_in_both_phases(rule: str) -> None:
    found = parse_rule(rule)

    assert (found.matches(FLASH), found.matches(ENRICHED)) == (True, True)


@pytest.mark.parametrize("rule", ENRICHED_RULES)
def test_rules_on_facts_match_once_the_facts_are_there(rule: str) -> None:
    found = parse_rule(rule)

    assert (found.matches(FLASH), found.matches(ENRICHED)) == (False, True)


@pytest.mark.parametrize("rule", FALSE_RULES)
def test_rules_that_do_not_hold_do_not_match(rule: str) -> None:
    assert not parse_rule(rule).matches(ENRICHED)


@pytest.mark.parametrize(
    "rule", ["not category = Buyback", "symbol = PINE and not flag = scanned", "materiality != 5"]
)
def test_what_is_not_known_yet_never_sends_a_flash(rule: str) -> None:
    assert not parse_rule(rule).matches(FLASH)
    assert parse_rule(rule).matches(ENRICHED)


def test_a_rule_knows_whether_it_can_ever_match_a_flash() -> None:
    assert parse_rule("order and category = Buyback").needs_enrichment
    assert not parse_rule("order or category = Buyback").needs_enrichment


def test_other_names_of_an_investor_match_too() -> None:
    aliased = match_input(ANNOUNCEMENT, ENRICHMENT, [MENTION], investor_names={"i_42": ["A K Mehra"]})

    assert parse_rule('investor = "A K Mehra"').matches(aliased)


@pytest.mark.parametrize(
    ("rule", "position", "suggestion"),
    [
        ("categry = x", 0, "category"),
        ("symbol = PINE and order_valu > 5", 18, "order_value"),
        ("event_type = order_wins", 13, "order_win"),
        ("sentiment = positve", 12, "positive"),
        ("ticker = TCS", 0, "symbol"),
        ("a ! b", 2, "not … or !="),
        ("", 0, None),
        ("foo >", 4, None),
        ("(a or b", 0, None),
        ("a or b)", 6, None),
        ('say "abc', 4, None),
        ("symbol = TCS symbol = INFY", 20, None),
        ("symbol in TCS", 7, None),
        ("symbol in (TCS", 10, None),
        ("and", 0, None),
        ("a and", 5, None),
        ("divid*", 0, None),
        ("order_value > big", 14, None),
        ("materiality > high", 14, None),
        ("symbol > A", 7, None),
        ("isin = INE", 7, None),
        ("category = One Time Settlement (OTS)", 31, None),
        ("10:30", 0, None),
        ('"symbol" = TCS', 0, None),
        ("subject = ---", 10, None),
        ("order_value > 10%", 14, None),
        ("order_value > 2026-02-20", 14, None),
        ("order_value in (5 crore, big)", 25, None),
        ("post_pct >= 50 crore", 12, None),
        ("duration_months > Rs 5", 18, None),
        ("execution_end > 5", 16, None),
        ("customer > 5", 11, None),
        ("materiality = 60 crore", 14, None),
        ("materiality >= 600", 15, None),
        ("event_type order_win", 0, None),
        ("order and event_type is order_win", 10, None),
        ("order_value is more than 100 crore", 0, None),
        ("penalty is more than 5 crore", 0, None),
        ("category", 0, None),
        ("flag = notext", 7, "no_text"),
        ("event_type == order_win", 11, "="),
        ("order_value => 5 crore", 12, ">="),
        ("symbol <> TCS", 7, "!="),
        ("symbol = TCS && buyback", 13, "and"),
        ("buyback || symbol = TCS", 8, "or"),
        ("isin = INE002A01019", 7, "INE002A01018"),
        ("issuer in (TCS, INE002A01019)", 16, "INE002A01018"),
        ("INE002A01019", 0, "INE002A01018"),
        ("(" * 60 + "a" + ")" * 60, 41, None),
    ],
)
def test_a_wrong_rule_is_pointed_at(rule: str, position: int, suggestion: str | None) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_rule(rule)

    assert (position, suggestion) == (caught.value.position, caught.value.suggestion if rule else None)


def test_the_pointer_stands_below_the_mistake() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_rule("symbol = PINE and categry = x")

    sentence, shown, pointer = str(caught.value).splitlines()
    assert sentence.endswith("Did you mean category?")
    assert shown[pointer.index("^") : pointer.rindex("^") + 1] == "categry"


@pytest.mark.parametrize(
    ("rule", "advice"),
    [
        ("event_type is order_win", "write event_type = order_win, or quote it"),
        ("order_value is more than 100 crore", "write order_value > 100 crore, or quote it"),
        ("materiality 70", "write materiality >= 70, or quote it"),
        ("post_pct > 5 crore", "a number such as 50 or 50%"),
    ],
)
def test_a_mistake_is_answered_with_what_to_write(rule: str, advice: str) -> None:
    with pytest.raises(ConfigError, match=advice):
        parse_rule(rule)


@pytest.mark.parametrize(
    "rule",
    [
        '"event_type" order',
        "penalty",
        "results and dividend",
        "total_quantity > 12 lakh",
        "post_pct >= 5%",
        "value > 5 crore",
        "value > 5%",
        "execution_end = 2027-12",
        "order_value : crore",
        "promoter_thing_pct >= 50 crore",
        "flag = plugin_says_so",
        'flag = "ungrounded:order_value"',
        "allottees > 5",
    ],
)
def test_what_may_be_meant_is_taken(rule: str) -> None:
    assert parse_rule(rule)


def test_kinds_of_a_plugins_sheet_are_known_and_widen_the_cores() -> None:
    class Own(Sheet):
        order_value: Number = None
        green_share: Number = None

    vocabulary = Vocabulary(sheets=(Own,))

    assert parse_rule("order_value > 10%", vocabulary)
    with pytest.raises(ConfigError, match="green_share is a number"):
        parse_rule("green_share > 2026-07-01", vocabulary)


def test_exchanges_are_checked_where_they_are_known() -> None:
    vocabulary = Vocabulary(exchanges=("bse", "own_one"))

    with pytest.raises(ConfigError, match="It is one of bse, own_one"):
        parse_rule("exchange = nasdaq", vocabulary)

    assert parse_rule("exchange in (BSE, OWN_ONE)", vocabulary)


def test_categories_are_checked_where_a_taxonomy_is_known() -> None:
    vocabulary = Vocabulary(categories=("New Order", "Buyback"))

    with pytest.raises(ConfigError, match="Did you mean New Order"):
        parse_rule("category = new orders", vocabulary)

    assert parse_rule("category = new-order", vocabulary).matches(ENRICHED)


def test_facts_of_a_plugin_can_be_named_though_they_look_like_a_slip() -> None:
    assert parse_rule("fact.order_values > 1")
    assert parse_rule("order_values > 1", Vocabulary(facts=frozenset(["order_values"])))


KEYWORDS = "and or not in ( ) , = != : > <= * ' ! “ order symbol category order_value materiality TCS"
PIECES = [*KEYWORDS.split(), '"', "5,00,000", "100 crore", "INE002A01018", "fact."]


@given(st.text(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join))
def test_any_text_is_a_rule_or_a_plain_mistake(text: str) -> None:
    try:
        rule = parse_rule(text)
    except ConfigError:
        return
    assert rule.matches(FLASH) in (True, False)
    assert rule.matches(ENRICHED) in (True, False)


def make_watch(
    number: int, rule: str, phase: Phase = Phase.BOTH, cadence: Cadence = Cadence.INSTANT
) -> Watch:
    return Watch(
        watch_id=f"w_{number}",
        name=f"watch {number}",
        rule=rule,
        addresses=("console:",),
        phase=phase,
        cadence=cadence,
        created_at=NOW,
    )


simple = st.sampled_from(TRUE_RULES + ENRICHED_RULES + FALSE_RULES)
rules = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})"),
        inner.map(lambda one: f"not ({one})"),
    ),
    max_leaves=6,
)


@given(
    st.lists(st.tuples(rules, st.sampled_from(list(Phase))), max_size=12),
    st.sampled_from([FLASH, ENRICHED]),
    st.sampled_from([Phase.FLASH, Phase.ENRICHED]),
)
def test_the_index_finds_what_a_loop_finds(
    given_rules: list[tuple[str, Phase]], subject: MatchInput, phase: Phase
) -> None:
    watches = [make_watch(number, rule, wanted) for number, (rule, wanted) in enumerate(given_rules)]

    found = WatchIndex(watches).match(subject, phase)

    looped = [
        watch
        for watch in watches
        if watch.phase in (phase, Phase.BOTH) and parse_rule(watch.rule).matches(subject)
    ]
    assert looped == found


def test_a_watch_that_no_longer_parses_is_reported_and_the_others_go_on() -> None:
    watches = [make_watch(1, "(order"), make_watch(2, "order", cadence=Cadence.DIGEST)]

    index = WatchIndex(watches)

    assert list(index.broken) == ["w_1"]
    assert [watch.watch_id for watch in index.match(FLASH, Phase.FLASH)] == ["w_2"]


def test_only_watches_of_the_phase_are_found() -> None:
    index = WatchIndex(
        [make_watch(1, "*", Phase.FLASH), make_watch(2, "*", Phase.ENRICHED), make_watch(3, "*")]
    )

    assert [watch.watch_id for watch in index.match(FLASH, Phase.FLASH)] == ["w_1", "w_3"]
    assert [watch.watch_id for watch in index.match(ENRICHED, Phase.ENRICHED)] == ["w_2", "w_3"]
