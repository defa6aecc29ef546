"""Rows of BSE, recorded and made up, become announcements; rows of the master become issuers."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.clock import IST
from backfin.errors import ExchangeUnavailable, ParseError, SourceChanged
from backfin.exchanges.bse_answers import read_master, read_sheet
from backfin.exchanges.bse_issuers import parse_issuer, parse_issuers
from backfin.exchanges.bse_parse import native_id, parse_row, subject_of
from backfin.exchanges.file_kinds import is_cut, is_page_instead, is_shell, kind_of
from backfin.exchanges.texts import plain_text
from backfin.models import Announcement
from bse_rows import recorded_rows, row

FILES = "https://www.bseindia.com/xml-data/corpfiling"

#: What any field of a row may hold.
VALUES = st.one_of(st.none(), st.integers(), st.floats(), st.booleans(), st.text(), st.just("NULL"))
FIELDS = [*sorted(row(1)), "MORE", "FILESTATUS", "XML_NAME", "NSURL", "AUDIO_VIDEO_FILE", "Fld_Attachsize"]


def parsed(**fields: Any) -> Announcement:
    """The announcement of a made-up row with some fields replaced."""
    return parse_row(row(1, **fields), FILES)


def test_every_recorded_row_is_parsed(shared: Path) -> None:
    rows = recorded_rows(shared)

    announcements = [parse_row(one, FILES) for one in rows]

    assert len(announcements) == 1055
    assert len({item.announcement_id for item in announcements}) == 1055
    assert {item.symbol for item in announcements} == {"TCS"}
    assert {item.scrip_code for item in announcements} == {"532540"}
    assert not [item for item in announcements if "<" in item.headline or "<BR" in item.subject.upper()]


def test_recorded_times_are_indian_wall_clock(shared: Path) -> None:
    newest = next(one for one in recorded_rows(shared) if one["NEWS_DT"] == "2022-12-05T15:54:07.647")

    announcement = parse_row(newest, FILES)

    assert announcement.disseminated_at == datetime(2022, 12, 5, 15, 54, 7, 647000, tzinfo=IST)
    assert announcement.disseminated_at.tzinfo is UTC
    assert announcement.attachments[0].size_bytes == 449949
    assert announcement.raw == newest


def test_reduced_rows_lack_the_key_and_parse_once_they_have_one(shared: Path) -> None:
    path = shared / "fixtures" / "bse" / "reduced_rows_many_scrips_2010_2022.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]

    announcements = [parse_row({**one, "NEWSID": str(number)}, FILES) for number, one in enumerate(rows)]

    assert len(announcements) == 938
    assert not [item for item in announcements if "<br" in item.headline.lower()]
    with pytest.raises(ParseError):
        parse_row(rows[0], FILES)


def test_rows_of_other_years_parse(shared: Path) -> None:
    folder = shared / "fixtures" / "bse"
    entries = json.loads((folder / "partial_rows_2019_2026.json").read_text("utf-8"))
    whole = read_sheet((folder / "sample_2023-10-20_one_row.json").read_bytes())

    jindal, jaro, dial = [parse_row(one, FILES) for one in [entry["row"] for entry in entries]]
    pan = parse_row(whole.rows[0], FILES)

    assert jindal.subject == "Shareholding for the Period Ended June 30, 2019"
    assert jindal.headline.endswith("kindly Click here")
    assert jindal.attachments == ()
    assert jaro.subject == "Disclosures under Reg. 29(2) of SEBI (SAST) Regulations, 2011"
    assert dial.symbol is None
    assert (pan.exchange_category, whole.count, pan.symbol) == (None, 1292, "PANELEC")
    assert pan.exchange_subcategory is not None


def test_a_row_without_key_is_refused() -> None:
    with pytest.raises(ParseError):
        parsed(NEWSID="")


def test_a_row_without_any_time_is_refused() -> None:
    with pytest.raises(ParseError):
        parsed(NEWS_DT="soon")


def test_the_key_is_lower_case_without_braces() -> None:
    assert native_id({"NEWSID": "{6FB57B5E-A05F}"}) == "6fb57b5e-a05f"


def test_a_lost_key_is_found_in_the_name_of_the_xml(shared: Path) -> None:
    rows = recorded_rows(shared)

    found = [native_id({**one, "NEWSID": None}) for one in rows]

    assert found == [native_id(one) for one in rows]


def test_a_row_without_key_is_told_from_others_by_what_lasts() -> None:
    stand_ins = []
    for fields in (
        {"TotalPageCnt": 1, "PDFFLAG": 0},
        {"TotalPageCnt": 2, "PDFFLAG": 1},
        {"HEADLINE": "Another"},
    ):
        with pytest.raises(ParseError) as raised:
            native_id(row(1, NEWSID="NULL", **fields))
        stand_ins.append(raised.value.stand_in)

    assert stand_ins[0] == stand_ins[1] != stand_ins[2]


@pytest.mark.parametrize("decimals", ["", ".", ".6", ".64", ".647", ".647123", ".6471234", "+05:30"])
def test_times_with_any_decimals_are_read(decimals: str) -> None:
    assert parsed(NEWS_DT=f"2026-07-01T10:00:00{decimals}").disseminated_at.second == 0


@pytest.mark.parametrize("typo", ["3036-07-01T10:00:00", "1900-01-01T00:00:00", "2026-07-01T10:00:00Z", None])
def test_a_time_that_cannot_be_meant_gives_way_to_the_next_one(typo: str | None) -> None:
    found = parsed(NEWS_DT=typo, DT_TM=None, DissemDT="2026-07-01T10:00:00")

    assert found.disseminated_at == datetime(2026, 7, 1, 10, tzinfo=IST)


def test_a_row_stays_on_the_day_under_which_the_exchange_files_it() -> None:
    late = parsed(NEWS_DT="2018-03-01T23:59:58", DissemDT="2018-03-02T00:00:03")

    assert late.disseminated_at.astimezone(IST).date() == date(2018, 3, 1)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Company 1 Ltd - 500002 - Board Meeting", "Board Meeting"),
        ("COMPANY 1 LTD-$ - 500002 - Board Meeting", "Board Meeting"),
        ("Board Meeting", "Board Meeting"),
        ("Note - 500002 - Board Meeting", "Note - 500002 - Board Meeting"),
        ("Company 1 Ltd - 500002 - A - 500002 - B", "A - 500002 - B"),
    ],
)
def test_the_subject_is_the_same_for_both_kinds_of_query(subject: str, expected: str) -> None:
    assert subject_of(subject, "Company 1 Ltd", "500002") == expected


def test_names_lose_the_dollar_suffix() -> None:
    assert parsed(SLONGNAME="Ace Software Ltd-$").issuer_name == "Ace Software Ltd"


def test_a_name_of_dollars_takes_no_time() -> None:
    assert parsed(SLONGNAME="$" * 100_000 + "x").issuer_name.endswith("$x")


@pytest.mark.parametrize(
    ("value", "expected"), [(500002, "500002"), ("500002", "500002"), (0, None), ("", None)]
)
def test_a_scrip_code_is_text_or_nothing(value: object, expected: str | None) -> None:
    assert parsed(SCRIP_CD=value).scrip_code == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0, False), ("0", False), (1, True), ("1", True), (None, False)]
)
def test_the_critical_flag_is_read_as_a_number(value: object, expected: bool) -> None:
    assert parsed(CRITICALNEWS=value).is_critical is expected


@pytest.mark.parametrize("value", [None, "", "  ", "NULL", "null"])
def test_an_empty_category_is_none(value: object) -> None:
    assert parsed(CATEGORYNAME=value).exchange_category is None


@pytest.mark.parametrize(
    ("flag", "directories"),
    [
        (0, ["AttachLive", "AttachHis", "CorpAttachment/2026/7"]),
        ("1", ["AttachHis", "AttachLive", "CorpAttachment/2026/7"]),
        (2, ["CorpAttachment/2026/7", "AttachLive", "AttachHis"]),
        (None, ["AttachLive", "AttachHis", "CorpAttachment/2026/7"]),
    ],
)
def test_the_directory_of_the_flag_comes_first(flag: object, directories: list[str]) -> None:
    attachment = parsed(PDFFLAG=flag, ATTACHMENTNAME="a b.pdf").attachments[0]

    assert attachment.urls == tuple(f"{FILES}/{directory}/a%20b.pdf" for directory in directories)


def test_an_attachment_never_leaves_its_directory() -> None:
    attachment = parsed(ATTACHMENTNAME="../../etc/passwd").attachments[0]

    assert attachment.urls[0] == f"{FILES}/AttachLive/passwd"
    assert parsed(ATTACHMENTNAME="..").attachments == ()


def test_xbrl_rows_carry_a_link() -> None:
    link = "https://www.bseindia.com/Msource/a.aspx?x=1"

    assert parsed(FILESTATUS="X    ", XML_NAME=link).xbrl_url == link
    assert parsed(FILESTATUS="X", XML_NAME="javascript:alert(1)").xbrl_url is None
    assert parsed(FILESTATUS="N    ", XML_NAME=link).xbrl_url is None


def test_the_recording_is_a_link_or_nothing() -> None:
    assert parsed(AUDIO_VIDEO_FILE="https://a.example/call.mp3").recording_url == "https://a.example/call.mp3"
    assert parsed(AUDIO_VIDEO_FILE="none").recording_url is None


def test_tables_become_lines_of_text() -> None:
    markup = "<table border=''1''><tr><th>A &amp; B</th><th>Left</th></tr><tr><td>2</td><td>23</td></tr><tr"

    assert plain_text(markup).split("\n") == ["A & B Left", "", "2 23"]


def test_what_only_looks_like_markup_stays() -> None:
    assert plain_text("margin < 5 % and > 3 % of <ABC Ltd>") == "margin < 5 % and > 3 % of <ABC Ltd>"


@pytest.mark.parametrize("part", ["<script", "<script>", "<!--", "<title>", "<", "<a ", "<!-- -->", "&"])
def test_long_markup_takes_time_by_its_length_only(part: str) -> None:
    started = time.process_time()

    plain_text(part * 100_000)

    assert time.process_time() - started < 5


def test_scripts_and_comments_are_no_text() -> None:
    markup = "a<script>x</script >b<!-- c -->d<STYLE type=x>e</Style>f<!-- g"

    assert plain_text(markup) == "a b d f<!-- g"


@given(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6))
def test_a_row_with_any_values_parses_or_says_why(fields: dict[str, Any]) -> None:
    try:
        announcement = parsed(**fields)
    except ParseError:
        return

    assert announcement.disseminated_at.tzinfo is not None
    json.dumps(announcement.text, ensure_ascii=False).encode()


@given(st.text())
def test_plain_text_is_stable_and_storable(text: str) -> None:
    once = plain_text(text)

    assert "\x00" not in once
    assert once == once.strip()
    once.encode()


@given(st.binary(max_size=200))
def test_any_bytes_are_a_sheet_or_a_typed_error(content: bytes) -> None:
    try:
        sheet = read_sheet(content)
    except (ExchangeUnavailable, SourceChanged):
        return

    assert sheet.content == content


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "empty_body"),
        (b"{}", "empty_object"),
        (b'"No Record Found!"', "no_record"),
        (b"<!DOCTYPE html><html></html>", "html_200"),
        (b"Runtime Error", "not_json"),
        (b'{"Message":"An error has occurred."}', "no_table"),
    ],
)
def test_every_way_to_say_nothing_has_a_name(content: bytes, fault: str) -> None:
    with pytest.raises(ExchangeUnavailable) as raised:
        read_sheet(content)

    assert raised.value.fault == fault


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b'"don\x92t"', "don\ufffdt"),
        (b'"two\nlines"', "two\nlines"),
        (b"NaN", None),
        (b"-Infinity", None),
        (b"1e999", None),
        (b"1.5", 1.5),
        (b"9" * 5000, "9" * 5000),
    ],
    ids=["odd byte", "line break", "NaN", "infinity", "too large", "decimal", "endless number"],
)
def test_a_value_that_is_no_json_costs_no_other_row(value: bytes, expected: object) -> None:
    sheet = read_sheet(b'{"Table":[{"NEWSID":"a"},{"HEADLINE":' + value + b"}]}")

    assert [dict(one) for one in sheet.rows] == [{"NEWSID": "a"}, {"HEADLINE": expected}]


def test_a_row_that_is_no_object_is_kept_beside_the_others() -> None:
    assert read_sheet(b'{"Table":[{"NEWSID":"a"},null]}').rows == ({"NEWSID": "a"}, {"row": None})


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xc3\xaf\xc2\xbb\xc2\xbf"], ids=["once", "twice"])
def test_a_byte_order_mark_is_no_fault(mark: bytes) -> None:
    assert read_sheet(mark + b'{"Table":[],"Table1":[{"ROWCNT":0}]}').count == 0


@pytest.mark.parametrize("count", [b'{"ROWCNT":"7"}', b'{"RWCNT":7}', b'{"rowcnt":7.0}'])
def test_the_count_is_read_however_it_is_spelled(count: bytes) -> None:
    assert read_sheet(b'{"Table":[],"Table1":[' + count + b"]}").count == 7


@pytest.mark.parametrize("content", [b"[1]", b"7", b'{"Table":[1]}', b'{"Table":{}}'])
def test_an_unknown_shape_is_a_change_of_the_source(content: bytes) -> None:
    with pytest.raises(SourceChanged):
        read_sheet(content)


def test_recorded_oddities_are_told_apart(shared: Path) -> None:
    folder = shared / "fixtures" / "bse"

    empty = read_sheet((folder / "empty_table.json").read_bytes())

    assert (empty.rows, empty.count) == ((), 0)
    for name, fault in [
        ("reconstructed_empty_object.json", "empty_object"),
        ("reconstructed_no_record_found.json", "no_record"),
        ("ann_page_2025-07.html", "html_200"),
    ]:
        with pytest.raises(ExchangeUnavailable) as raised:
            read_sheet((folder / name).read_bytes())
        assert raised.value.fault == fault


def test_the_recorded_master_row_is_an_issuer(shared: Path) -> None:
    content = (shared / "fixtures" / "masters" / "BSE_listofscripdata_one_row.json").read_bytes()

    issuer = parse_issuer(read_master(content)[0])

    assert (issuer.isin, issuer.name, issuer.status) == ("INE117A01022", "ABB India Limited", "active")
    assert [(code.kind, code.value) for code in issuer.codes] == [
        ("scrip_code", "500002"),
        ("symbol", "ABB"),
        ("name", "ABB India Limited"),
    ]


def test_an_issuer_in_two_lists_keeps_both_codes_and_the_first_status() -> None:
    active = {"SCRIP_CD": 500002, "ISIN_NUMBER": "INE117A01022", "Status": "Active", "Issuer_Name": "ABB"}
    delisted = {**active, "SCRIP_CD": "500999", "Status": "Delisted"}
    blank = {**active, "ISIN_NUMBER": ""}

    issuers = parse_issuers([active, delisted, blank])

    assert [(one.isin, one.status) for one in issuers] == [("INE117A01022", "active")]
    assert [code.value for code in issuers[0].codes if code.kind == "scrip_code"] == ["500002", "500999"]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\r\n\r\n%PDF-1.4", "application/pdf"),
        (b"PK\x03\x04rest", "application/zip"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><xbrl/>", "application/xml"),
        (b"<?xml version='1.0'?>\n<html xmlns='x'>", "text/html"),
        (b"  <!DOCTYPE HTML>", "text/html"),
        (b"rubbish", "application/octet-stream"),
    ],
)
def test_files_are_told_apart_by_their_bytes(head: bytes, kind: str) -> None:
    assert kind_of(head) == kind


@pytest.mark.parametrize("name", ["a.pdf", "a.xml", "a.html"])
def test_a_refusal_in_html_is_never_the_file(name: str) -> None:
    assert is_page_instead(name, b"<HTML><HEAD>\n<TITLE>Access Denied</TITLE>")


def test_a_page_may_be_a_file_that_is_called_one() -> None:
    head = b"<html><head><title>Error of judgement corrected</title>"

    assert (is_page_instead("a.html", head), is_page_instead("a.pdf", head)) == (False, True)


def test_the_recorded_page_is_the_sites_shell(shared: Path) -> None:
    page = (shared / "fixtures" / "bse" / "ann_page_2025-07.html").read_bytes()

    assert is_shell(page)
    assert is_cut("application/pdf", b"half of it")
