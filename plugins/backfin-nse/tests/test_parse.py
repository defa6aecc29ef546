"""Rows of every shape: recorded ones, made-up ones, and ones that nobody would send."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from backfin.clock import day_of
from backfin.diagnosis.exchanges import shape_faults
from backfin.errors import ConfigError, ExchangeUnavailable, ParseError, SourceChanged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backfin_nse.answers import read_sheet
from backfin_nse.day import rows_of_day
from backfin_nse.fields import addresses, moment, size_bytes
from backfin_nse.issuers import parse_issuers, read_changes, read_list
from backfin_nse.parse import ROW_SHAPE, native_id, parse_row
from backfin_nse.rss import read_feed
from backfin_nse.settings import NseSettings
from nse_rows import recorded, row, shared

FILES = "https://nsearchives.nseindia.com"
RECORDED = shared()
needs_recordings = pytest.mark.skipif(
    RECORDED is None, reason="there is no recorded material beside the project"
)

SOCIAL = {
    "an_attach": "https://nsearchives.nseindia.com/corporate/500003401_19092026173745_Annexurespdf.pdf",
    "an_desc": "General Updates",
    "ann_date": "19-Sep-2026 17:37:00",
    "ann_tstamp": "19-Sep-2026 17:37:50",
    "comp_name": "Sewa International",
    "seq_id": 500003401,
    "symbol": None,
    "text": "Renewal of registration",
}

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.sampled_from(
        ["-", "13-Apr-2026 18:07:42", "2026-09-21 20:05:59", "31-Feb-2026 10:00:00", "[", "https://[x"]
    ),
    st.lists(st.integers(), max_size=2),
)
FIELDS = st.sampled_from([*row(1), *SOCIAL, "title", "link", "description", "pubDate"])


@given(st.dictionaries(FIELDS, VALUES))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_row_is_an_announcement_or_a_parse_error(changes: dict[str, Any]) -> None:
    spoilt = {**row(1), **changes}

    try:
        found = parse_row(spoilt, FILES)
    except ParseError:
        return

    assert found.announcement_id == f"nse:{native_id(spoilt)}"
    assert found.disseminated_at.tzinfo is not None
    assert found.submitted_at is not None
    assert day_of(found.submitted_at) == day_of(found.disseminated_at)
    assert all(url.startswith(("http://", "https://")) for one in found.attachments for url in one.urls)


@given(st.datetimes(datetime(1990, 1, 2), datetime(2060, 12, 30)))  # noqa: DTZ001 - a wall clock
def test_every_form_of_a_time_is_the_same_moment(wall: datetime) -> None:
    forms = [f"{wall:%d-%b-%Y %H:%M:%S}", f"{wall:%d-%b-%Y %H:%M:%S}".upper(), f"{wall:%Y-%m-%d %H:%M:%S}"]

    found = {moment(form) for form in (*forms, f"{wall:%d%m%Y%H%M%S}")}

    (one,) = found
    assert one is not None
    assert one.astimezone(UTC).minute == (wall.minute + 30) % 60


@given(st.text(max_size=60))
def test_no_text_breaks_a_reader_of_fields(written: str) -> None:
    moment(written)
    size_bytes(written)
    addresses(written, FILES)


@given(st.binary(max_size=200))
def test_no_bytes_break_a_reader_of_answers(content: bytes) -> None:
    for read in (read_sheet, read_feed, read_list):
        try:
            read(content)  # type: ignore[operator]
        except (ExchangeUnavailable, SourceChanged):
            continue
    read_changes(content)


def test_a_row_of_the_social_stock_exchange() -> None:
    found = parse_row(SOCIAL, FILES)

    assert (found.native_id, found.issuer_name, found.subject) == (
        "500003401",
        "Sewa International",
        "General Updates",
    )
    assert found.headline == "Renewal of registration"
    assert found.disseminated_at == datetime(2026, 9, 19, 12, 7, 50, tzinfo=UTC)
    assert found.attachments[0].name == "500003401_19092026173745_Annexurespdf.pdf"


@pytest.mark.parametrize("nothing", ["-", None, ""])
def test_a_row_without_a_file_has_none(nothing: str | None) -> None:
    assert parse_row(row(1, attchmntFile=nothing), FILES).attachments == ()


def test_a_row_without_a_sequence_number_is_known_by_what_it_says() -> None:
    first, second, other = row(1, seq_id=None), row(1, seq_id=None, hasXbrl=False), row(2, seq_id=None)

    assert native_id(first) == native_id(second) != native_id(other)


def test_what_is_disseminated_after_midnight_stays_on_its_day() -> None:
    late = row(1, an_dt="01-Jul-2026 23:59:58", exchdisstime="02-Jul-2026 00:00:01")

    found = parse_row(late, FILES)

    assert found.disseminated_at == found.submitted_at == datetime(2026, 7, 1, 18, 29, 58, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "files_url", "expected"),
    [
        ("https://nsearchives.nseindia.com/corporate/A.pdf", "http://h:1", "http://h:1/corporate/A.pdf"),
        ("https://archives.nseindia.com/corporate/A.pdf", "http://h/corporate", "http://h/corporate/A.pdf"),
        ("/content/debt/WDM/A.pdf", "http://h", "http://h/content/debt/WDM/A.pdf"),
        ("https://other.example/A.pdf", "http://h", "https://other.example/A.pdf"),
    ],
)
def test_where_a_file_is(url: str, files_url: str, expected: str) -> None:
    assert addresses(url, files_url) == (expected,)


@pytest.mark.parametrize(
    "url", ["ftp://nseindia.com/a.pdf", "javascript:x", "https://nsearchives.nseindia.com/"]
)
def test_what_is_no_address_of_a_file(url: str) -> None:
    assert addresses(url, FILES) == ()


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"", "empty_body"), (b"{}", "empty_object"), (b"<html>", "html_200"), (b"not json", "not_json")],
)
def test_what_is_no_answer(content: bytes, fault: str) -> None:
    with pytest.raises(ExchangeUnavailable) as caught:
        read_sheet(content)

    assert caught.value.facts["fault"] == fault


def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(ConfigError, match=r"exchanges\.nse\.segments"):
        NseSettings.of({"segments": "equities,options"}, "nse")


def test_settings_may_be_written_as_the_environment_writes_them() -> None:
    found = NseSettings.of({"API_URL": "http://h/api", "segments": "sme, debt", "min_interval": "0.5"}, "nse")

    assert (found.api_url, found.segments, found.min_interval) == ("http://h/api", ("sme", "debt"), 0.5)


def test_what_the_pipeline_reads_of_every_section_is_taken() -> None:
    found = NseSettings.of({"overlap_days": "5", "catch_up_days": 60}, "nse")

    assert (found.overlap_days, found.catch_up_days) == (5, 60)


@needs_recordings
def test_recorded_rows_have_the_shape_that_is_looked_for_and_a_renamed_key_is_named() -> None:
    assert RECORDED is not None
    pages = [
        [one for one in rows if {"an_dt", "attFileSize"} <= one.keys()]
        for rows in recorded(RECORDED).values()
    ]
    pages = [rows for rows in pages if rows]

    renamed = [
        [{("Symbol" if key == "symbol" else key): one[key] for key in one} for one in rows] for rows in pages
    ]

    assert len(pages) > 1
    assert [shape_faults(rows, ROW_SHAPE) for rows in pages] == [[]] * len(pages)
    assert [shape_faults(rows, ROW_SHAPE) for rows in renamed] == [["symbol is gone, new is Symbol"]] * len(
        pages
    )


@needs_recordings
def test_every_recorded_row_is_read() -> None:
    assert RECORDED is not None
    found = [(one, parse_row(one, FILES)) for part in recorded(RECORDED).values() for one in part]

    assert len(found) >= 35
    assert len({parsed.native_id for _, parsed in found}) == len(found)
    for raw, parsed in found:
        assert parsed.native_id == raw["seq_id"]
        assert parsed.issuer_name
        assert parsed.subject == (raw.get("desc") or raw.get("an_desc"))
        has_file = (raw.get("attchmntFile") or raw.get("an_attach") or "-") != "-"
        assert len(parsed.attachments) == has_file


@needs_recordings
def test_the_recorded_block_page_is_no_answer() -> None:
    assert RECORDED is not None
    with pytest.raises(ExchangeUnavailable) as caught:
        read_sheet((RECORDED / "nse" / "akamai_access_denied.html").read_bytes())

    assert caught.value.facts["fault"] == "html_200"


@needs_recordings
def test_the_recorded_day_is_newest_first_although_its_numbers_are_not() -> None:
    assert RECORDED is not None
    raw = json.loads(
        (RECORDED / "nse" / "corporate_announcements_equities_2026-04-13.json").read_text("utf-8")
    )

    shown = rows_of_day(raw, datetime(2026, 4, 13, tzinfo=UTC).date())

    times = [parse_row(one, FILES).disseminated_at for one in shown]
    assert times == sorted(times, reverse=True)
    assert len(shown) == len(raw)


@needs_recordings
def test_the_recorded_lists_of_companies_are_read() -> None:
    assert RECORDED is not None
    masters = RECORDED / "masters"
    rows = read_list((masters / "NSE_EQUITY_L_2026-08-08.csv").read_bytes())
    issuers = parse_issuers(rows, read_changes((masters / "NSE_symbolchange_2026-08-08.csv").read_bytes()))

    assert len(issuers) == len(rows)
    axis = next(one for one in issuers if one.isin == "INE238A01034")
    assert [code.value for code in axis.codes if code.kind == "symbol"] == ["AXISBANK", "UTIBANK"]
    twice = [one for one in issuers if one.name == "Future Enterprises Limited"]
    assert len(twice) == 2
    assert not any(code.kind == "name" for one in twice for code in one.codes)
