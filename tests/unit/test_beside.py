"""What stands beside a name is read; what may be somebody else's is not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backfin.investors.beside import Beside, find_beside
from backfin.investors.identifiers import is_lei, read_identifier
from backfin.investors.pan import mask_pan
from backfin.investors.resolve import link
from backfin.models import Enrichment, EventType, Fact, Page, Party, PartyKind, Scheme
from store_contract.made import announcement, enrichment

NOW = datetime(2026, 7, 1, tzinfo=UTC)
ASHA, PINE = "Asha Mehra", "Pine Oak Limited"
CIN = "L17110MH1973PLC019786"
BASE36 = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=18, max_size=18)


def lei_of(base: str) -> str:
    """The legal entity identifier that begins so."""
    number = int("".join(str(int(char, 36)) for char in f"{base}00"))
    return f"{base}{98 - number % 97:02d}"


def beside(
    text: str, *names: str, role: str = "seller", kind: PartyKind = PartyKind.UNKNOWN, **more: Any
) -> Beside:
    """What is found beside these names on one page."""
    parties = tuple(Party(name_as_written=name, role=role, kind=kind) for name in names)
    reading: Enrichment = enrichment(parties=parties, **more)
    _, mentions = link(reading, announcement(), NOW)
    return find_beside([Page(number=1, text=text)], reading, "Saraswati Cables Ltd", mentions)


def numbers(text: str, *names: str, **more: Any) -> list[list[tuple[str, str]]]:
    found = beside(text, *names, **more)
    return [[(one.scheme.value, one.value) for one in stated] for stated in found.identifiers.values()]


def groups(text: str, *names: str, **more: Any) -> list[tuple[str, str, str]]:
    found = beside(text, *names, **more)
    return [(one.kind.value, one.label, one.relation) for told in found.memberships.values() for one in told]


@given(BASE36)
def test_an_lei_is_known_by_its_check_digits(base: str) -> None:
    lei = lei_of(base)

    assert is_lei(lei)
    assert read_identifier(Scheme.LEI, f" {lei.lower()} ") == lei


@given(BASE36, st.integers(0, 19), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_an_lei_with_one_wrong_character_is_none(base: str, at: int, char: str) -> None:
    lei = lei_of(base)
    # A digit for a letter changes how many digits are summed: the checksum promises nothing of that.
    assume(char.isdigit() == lei[at].isdigit())
    wrong = lei[:at] + char + lei[at + 1 :]

    assert is_lei(wrong) == (wrong == lei)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for scheme in Scheme:
        value = read_identifier(scheme, text)
        assert value is None or (value.isascii() and value.isalnum())


@given(
    st.text(max_size=20),
    st.from_regex(r"[A-Z]{5}[0-9]{4}[A-Z]", fullmatch=True),
    st.sampled_from(["", " ", "(", "27"]),
)
def test_no_pan_survives_masking(before: str, pan: str, joint: str) -> None:
    assert pan not in mask_pan(f"{before} {joint}{pan}")


@pytest.mark.parametrize(
    ("scheme", "text"),
    [
        (Scheme.DIN, "00000000"),
        (Scheme.DIN, "123456789"),
        (Scheme.DIN, "1234"),
        (Scheme.DIN, "١٢٣٤٥٦٧٨"),
        (Scheme.CIN, "L17110XX1973PLC019786"),
        (Scheme.CIN, "L17110MH1473PLC019786"),
        (Scheme.CIN, "L17110MH1973ABC019786"),
        (Scheme.PAN, "ABCDE1234F"),
        (Scheme.PAN, "234F"),
    ],
)
def test_what_has_another_form_is_none(scheme: Scheme, text: str) -> None:
    assert read_identifier(scheme, text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"Mr. {ASHA} (DIN: 01234567) has resigned", ("din", "01234567")),
        (f"{ASHA},\nDirector (DIN No. 01234567)", ("din", "01234567")),
        (f"Name: {ASHA}\nPAN: ABCPM1234F", ("pan", "234F")),
        (f"1 {ASHA} ABCPM1234F 10,000", ("pan", "234F")),
        (f"{ASHA} having Director Identification Number (DIN) 01234567", ("din", "01234567")),
    ],
)
def test_a_number_right_behind_a_name_is_its_own(text: str, found: tuple[str, str]) -> None:
    assert numbers(text, ASHA) == [[found]]


@pytest.mark.parametrize(
    "text",
    [
        f"{ASHA}, daughter of Ramesh Mehra (DIN: 01234567)",
        f"{ASHA} and Mr. Vimal Bora (DIN: 01234567)",
        f"{ASHA} holds 01234567 shares",
        f"{ASHA} (DIN: 0123456)",
        f"{ASHA}nand (DIN: 01234567)",
    ],
)
def test_a_number_that_may_be_somebody_elses_is_nobodys(text: str) -> None:
    assert numbers(text, ASHA) == []


def test_a_number_must_fit_the_kind() -> None:
    lei = lei_of("335800KTNQ4CXW5GSA")

    assert numbers(f"{PINE} (CIN: {CIN}; LEI: {lei})", PINE) == [[("cin", CIN), ("lei", lei)]]
    assert numbers(f"{PINE} (DIN: 01234567), PAN ABCPM1234F", PINE) == []
    assert numbers(f"{ASHA} (CIN: {CIN})", ASHA, kind=PartyKind.PERSON) == []
    assert numbers(f"{ASHA} PAN AAACM1234F", ASHA, kind=PartyKind.PERSON) == []


def test_no_quote_holds_a_whole_pan() -> None:
    found = beside(f"{ASHA} (PAN: ABCPM1234F, DIN: 01234567), promoter", ASHA)

    quotes = [one.quote for told in found.identifiers.values() for one in told]
    assert quotes == [f"{ASHA} (PAN: XXXXXX234F", f"{ASHA} (PAN: XXXXXX234F, DIN: 01234567"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{ASHA}, wife of Mr. Ravi Kumar Mehra, sold", ("family", "Ravi Kumar Mehra", "wife")),
        (f"{ASHA} (D/o Ravi Mehra)", ("family", "Ravi Mehra", "daughter")),
        (
            f"{ASHA}, a member of our promoter group",
            ("promoter_group", "Saraswati Cables Ltd", "promoter group"),
        ),
        (f"our promoter, Smt. {ASHA}", ("promoter_group", "Saraswati Cables Ltd", "promoter")),
        (f"{ASHA}, promoter of Oak Pine Limited", ("promoter_group", "Oak Pine Limited", "promoter")),
        (f"{ASHA} (a scheme of Neem Mutual Fund)", ("fund_house", "Neem Mutual Fund", "scheme")),
    ],
)
def test_groups_that_a_filing_states(text: str, found: tuple[str, str, str]) -> None:
    assert groups(text, ASHA) == [found]


@pytest.mark.parametrize(
    "text", [f"{ASHA} (Non-Promoter)", f"{ASHA} sold to the promoters", f"promoter of Pine and {ASHA}"]
)
def test_groups_that_it_does_not(text: str) -> None:
    assert groups(text, ASHA) == []


def test_names_tell_of_their_families_and_houses() -> None:
    assert groups("", "Ravi Mehra (HUF)", kind=PartyKind.HUF) == [("family", "Ravi Mehra", "huf")]
    assert groups("", "Neem Mutual Fund - Neem Small Cap Fund") == [
        ("fund_house", "Neem Mutual Fund", "scheme")
    ]


def test_who_acts_in_concert_and_whom_a_form_is_about() -> None:
    found = beside("", ASHA, role="pac", event_type=EventType.SAST_DISCLOSURE)
    assert found.memberships == {}
    parties = (Party(name_as_written=PINE, role="acquirer"), Party(name_as_written=ASHA, role="pac"))
    reading = enrichment(parties=parties, event_type=EventType.SAST_DISCLOSURE)
    _, mentions = link(reading, announcement(), NOW)
    (told,) = find_beside([], reading, "Saraswati Cables Ltd", mentions).memberships.values()
    assert [(one.kind.value, one.label) for one in told] == [("pac", PINE)]
    form = {
        "person": Fact(value=ASHA),
        "category": Fact(value="promoter group", evidence=({"page": 1, "quote": "x"},)),
    }
    assert groups("", ASHA, facts=form) == [("promoter_group", "Saraswati Cables Ltd", "promoter group")]
