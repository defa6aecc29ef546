"""The sample day: big enough, whole, and true to its own documents."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from backfin.clock import parse_ist
from backfin.demo import DemoDay, load_day, write_day
from backfin.demo.filings import Filing
from backfin.demo.markup import pages_of
from backfin.enrichment.taxonomy import categories
from backfin.identity import normalised_text
from backfin.models import EventType, PartyKind
from backfin.models.sheets import SHEETS
from backfin.models.sheets.kinds import Kind
from backfin.notifications.rules import parse_rule
from backfin.testing.pdf import make_pdf

SLUGS = [filing.slug for filing in load_day().filings]

#: Exact values that stand in the text as they are; the other exact values are codes of ours.
VERBATIM = {
    *("din", "frn", "case_no", "rating_before", "rating_after", "outlook_before", "outlook_after"),
    *("recording_url", "period", "unit", "customer_country"),
}
SCALES = [Decimal(10) ** power for power in (0, 3, 5, 6, 7, 9)]
NUMBER_WORDS = {
    "nil": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "each": 1,
    "wholly owned": 100,
}
MONTHS = {7: ("July", "Jul", "जुलाई"), 8: ("August", "Aug", "अगस्त")}


@pytest.fixture(scope="module")
def day() -> DemoDay:
    return load_day()


@pytest.fixture(scope="module")
def wordings(day: DemoDay) -> dict[str, str]:
    """Everything a reader with perfect eyes finds in each filing, by slug."""
    rows = {row["NEWSID"]: row for row in day.rows}
    return {filing.slug: _wording(day, filing, rows[filing.news_id]) for filing in day.filings}


def _wording(day: DemoDay, filing: Filing, row: dict[str, Any]) -> str:
    data = day.files.get(filing.attachment, b"")
    if filing.scan or filing.damage or filing.kind == "zip":
        data = make_pdf(pages_of(filing.document, day.companies[filing.company]))
    text = _pdf_text(data) if data.startswith(b"%PDF") else data.decode()
    return " ".join(" ".join((row["NEWSSUB"], row["HEADLINE"], row["MORE"], text)).split())


def _pdf_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_the_day_is_big_and_of_every_kind(day: DemoDay) -> None:
    truth = day.truth.values()

    assert len(day.filings) >= 80
    assert len({filing.company for filing in day.filings}) >= 25
    assert {entry["event_type"] for entry in truth} == {kind.value for kind in EventType}
    assert {entry["category"] for entry in truth} == {category.label for category in categories()}


def test_ids_and_codes_are_unique_and_every_filing_has_its_truth(day: DemoDay) -> None:
    ids = [row["NEWSID"] for row in day.rows]
    companies = day.companies.values()

    assert len(set(ids)) == len(ids)
    assert set(day.truth) == set(ids)
    assert {day.truth[filing.news_id]["slug"] for filing in day.filings} == set(SLUGS)
    assert (
        len({company.isin for company in companies})
        == len({company.code for company in companies})
        == len(companies)
    )


def test_isins_carry_valid_check_digits(day: DemoDay) -> None:
    for company in day.companies.values():
        digits = "".join(str(int(character, 36)) for character in company.isin)
        doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]

        assert sum(value // 10 + value % 10 for value in doubled) % 10 == 0, company.isin
        assert company.isin.startswith("INE9Z")
        assert company.code >= 999001


def test_rows_are_of_the_day_newest_first_and_shaped_like_the_exchange_s(day: DemoDay, shared: Path) -> None:
    recorded = json.loads((shared / "fixtures/bse/sample_2023-10-20_one_row.json").read_text())["Table"][0]

    assert all(set(row) == set(recorded) for row in day.rows)
    moments = [parse_ist(row["NEWS_DT"]) for row in day.rows]
    assert moments == sorted(moments, reverse=True)
    assert {moment.date() for moment in moments} == {date(2026, 7, 15)}
    assert moments[-1].hour == 7
    assert moments[0] > datetime.fromisoformat("2026-07-15T23:30:00+05:30")


def test_subjects_name_the_company_and_sizes_are_those_of_the_files(day: DemoDay) -> None:
    for row in day.rows:
        assert row["NEWSSUB"].startswith(f"{row['SLONGNAME']} - {row['SCRIP_CD']} - ")
        assert row["Fld_Attachsize"] == (
            len(day.files[row["ATTACHMENTNAME"]]) if row["ATTACHMENTNAME"] else None
        )


def test_issuers_cover_every_row_and_hold_a_suspended_and_a_delisted_one(day: DemoDay, shared: Path) -> None:
    recorded = json.loads((shared / "fixtures/masters/BSE_listofscripdata_one_row.json").read_text())[0]
    by_code = {issuer["SCRIP_CD"]: issuer for issuer in day.issuers}

    assert all(str(row["SCRIP_CD"]) in by_code for row in day.rows)
    assert Counter(issuer["Status"] for issuer in day.issuers)["Suspended"] == 1
    assert Counter(issuer["Status"] for issuer in day.issuers)["Delisted"] == 1
    assert all(set(issuer) == set(recorded) for issuer in day.issuers)


def test_files_are_the_same_each_time(day: DemoDay, tmp_path: Path) -> None:
    again = load_day()
    paths = write_day(tmp_path)

    assert again.files == day.files
    assert again.rows == day.rows
    assert {path.name: path.read_bytes() for path in paths.files.iterdir()} == day.files
    assert [json.loads(line) for line in paths.rows.read_text("utf-8").splitlines()] == day.rows


def test_every_pdf_opens_but_the_two_damaged_ones(day: DemoDay) -> None:
    for filing in day.filings:
        data = day.files.get(filing.attachment, b"")
        if filing.damage:
            with pytest.raises(pypdfium2.PdfiumError):
                pypdfium2.PdfDocument(data)
        elif filing.kind == "pdf":
            assert bool(_pdf_text(data).strip()) is not filing.scan, filing.slug


def test_the_day_holds_its_traps(day: DemoDay) -> None:
    names = Counter(row["ATTACHMENTNAME"] for row in day.rows)
    traps = {trap for entry in day.truth.values() for trap in entry["traps"]}

    assert names[""] >= 2
    assert 2 in {count for name, count in names.items() if name}
    assert {"tax_order_filed_as_award", "prompt_injection", "hindi", "scan", "zip", "xbrl", "up_to"} <= traps
    assert any(row["FILESTATUS"] == "X" and row["XML_NAME"].startswith("https://") for row in day.rows)
    assert any(row["SLONGNAME"].endswith("-$") for row in day.rows)
    assert any(row["HEADLINE"].endswith(" ....") and row["MORE"] for row in day.rows)
    assert any("<a href" in row["HEADLINE"] for row in day.rows)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_fact_stands_in_its_filing(slug: str, day: DemoDay, wordings: dict[str, str]) -> None:
    entry = next(entry for entry in day.truth.values() if entry["slug"] == slug)
    kinds = SHEETS[EventType(entry["event_type"])].kinds()

    assert set(entry["facts"]) <= set(kinds)
    for field, value in entry["facts"].items():
        for problem in _unfounded(field, kinds[field], value, wordings[slug]):
            pytest.fail(f"{slug}: {field}: {problem!r} stands nowhere in the filing")


@pytest.mark.parametrize("slug", SLUGS)
def test_every_party_stands_in_its_filing(slug: str, day: DemoDay, wordings: dict[str, str]) -> None:
    entry = next(entry for entry in day.truth.values() if entry["slug"] == slug)
    words, numbers = normalised_text(wordings[slug]), _numbers(wordings[slug])

    for party in entry["parties"]:
        assert party["kind"] in set(PartyKind)
        assert normalised_text(party["name"]) in words
        for field in ("quantity", "price_inr", "amount_inr", "pct", "pre_pct", "post_pct"):
            assert field not in party or Decimal(str(party[field])) in numbers, (party["name"], field)


def test_the_ten_allottees_add_up(day: DemoDay) -> None:
    entry = next(entry for entry in day.truth.values() if entry["slug"] == "aranyak-preferential")
    facts, allottees = entry["facts"], entry["parties"]
    price = Decimal(facts["issue_price"])

    assert len(allottees) == 10
    assert sum(party["quantity"] for party in allottees) == int(facts["total_quantity"])
    assert all(party["quantity"] * price == Decimal(party["amount_inr"]) for party in allottees)
    assert int(facts["total_quantity"]) * price == Decimal(facts["total_consideration"])


def test_watches_are_rules_the_watch_language_understands(day: DemoDay) -> None:
    rules = [parse_rule(watch.rule) for watch in day.watches]

    assert rules[0].text == "*"
    assert all(watch.addresses for watch in day.watches)
    assert len({watch.name for watch in day.watches}) == len(day.watches)


def _unfounded(field: str, kind: Kind, value: Any, wording: str) -> Iterator[str]:
    """The parts of a value that the wording does not hold."""
    if isinstance(value, list):
        for part in value:
            yield from _unfounded(field, kind, part, wording)
    elif isinstance(value, dict):
        for name, part in value.items():
            if name != "currency":
                is_number = name in ("amount", "amount_inr", "value", "quantity", "pct", "yoy", "for_pct")
                yield from _unfounded(field, Kind.NUMBER if is_number else Kind.TEXT, part, wording)
    elif not _is_found(field, kind, value, wording):
        yield value


def _is_found(field: str, kind: Kind, value: str, wording: str) -> bool:
    if kind is Kind.EXACT and field not in VERBATIM:
        return True
    if kind is Kind.DATE:
        return any(
            re.search(rf"(?<!\d){re.escape(form)}", wording)
            for form in _date_forms(date.fromisoformat(value))
        )
    if kind in (Kind.MONEY, Kind.NUMBER) or (kind is Kind.SET and re.fullmatch(r"\d+", value)):
        return abs(Decimal(value)) in _numbers(wording)
    return normalised_text(value) in normalised_text(wording)


def _numbers(wording: str) -> set[Decimal]:
    """Every number in a text, at every scale it may have been written in."""
    written = {Decimal(found.replace(",", "")) for found in re.findall(r"\d[\d,]*(?:\.\d+)?", wording)}
    spoken = {Decimal(number) for word, number in NUMBER_WORDS.items() if word in wording.lower()}
    return {number * scale for number in written | spoken for scale in SCALES}


def _date_forms(day: date) -> Iterator[str]:
    """The ways in which the filings write a date."""
    number = f"{day:%d}".lstrip("0")
    for separator in "./-":
        yield f"{day:%d}{separator}{day:%m}{separator}{day.year}"
    yield day.isoformat()
    for month in MONTHS.get(day.month, (f"{day:%B}",)):
        for written in (number, f"{day:%d}", *(number + ending for ending in ("st", "nd", "rd", "th"))):
            yield from (f"{written} {month} {day.year}", f"{written} {month}, {day.year}")
        yield from (f"{month} {number}, {day.year}", f"{month} {day:%d}, {day.year}")
