"""XBRL and other XML become readable lines; tricks with entities and nesting give nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.documents.extract import Extract, Limits
from backfin.documents.xbrl import extract

LIMITS = Limits(max_pages=10, max_chars=1_000_000)

INSTANCE = """<?xml version="1.0" encoding="UTF-8"?>
<xbrli:xbrl xmlns:xbrli="http://www.xbrl.org/2003/instance" xmlns:xbrldi="http://xbrl.org/2006/xbrldi"
    xmlns:in="urn:in" xmlns:iso4217="urn:iso" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <xbrli:context id="OneD"><xbrli:entity><xbrli:identifier scheme="x">500325</xbrli:identifier></xbrli:entity>
    <xbrli:period><xbrli:startDate>2025-04-01</xbrli:startDate><xbrli:endDate>2025-06-30</xbrli:endDate>
    </xbrli:period></xbrli:context>
  <xbrli:context id="SegI"><xbrli:entity><xbrli:identifier scheme="x">500325</xbrli:identifier></xbrli:entity>
    <xbrli:period><xbrli:instant>2025-06-30</xbrli:instant></xbrli:period>
    <xbrli:scenario><xbrldi:explicitMember dimension="in:SegmentAxis">in:RetailMember</xbrldi:explicitMember>
    </xbrli:scenario></xbrli:context>
  <xbrli:unit id="INR"><xbrli:measure>iso4217:INR</xbrli:measure></xbrli:unit>
  <xbrli:unit id="PerShare"><xbrli:divide>
    <xbrli:unitNumerator><xbrli:measure>iso4217:INR</xbrli:measure></xbrli:unitNumerator>
    <xbrli:unitDenominator><xbrli:measure>xbrli:shares</xbrli:measure></xbrli:unitDenominator>
  </xbrli:divide></xbrli:unit>
  <in:NameOfCompany contextRef="OneD">रिलायंस &amp; Sons Limited</in:NameOfCompany>
  <in:Revenue contextRef="OneD" unitRef="INR" decimals="-5">123450000</in:Revenue>
  <in:Assets contextRef="SegI" unitRef="INR">7</in:Assets>
  <in:Eps contextRef="OneD" unitRef="PerShare">1.25</in:Eps>
  <in:Dividend contextRef="OneD" unitRef="INR" xsi:nil="true"/>
  <in:Notes contextRef="OneD">&lt;p&gt;The results were &lt;b&gt;reviewed&lt;/b&gt;.&lt;/p&gt;</in:Notes>
  <in:Lost contextRef="Nowhere">8</in:Lost>
</xbrli:xbrl>
"""


def lines_of(xml: str, encoding: str = "utf-8") -> list[str]:
    """The lines of a file."""
    return "\n".join(extract(xml.encode(encoding), LIMITS).pages).splitlines()


def test_a_fact_is_a_line_with_its_period_and_unit() -> None:
    assert lines_of(INSTANCE) == [
        "NameOfCompany: रिलायंस & Sons Limited (2025-04-01 to 2025-06-30)",
        "Revenue: 123450000 (2025-04-01 to 2025-06-30, INR)",
        "Assets: 7 (2025-06-30, SegmentAxis=RetailMember, INR)",
        "Eps: 1.25 (2025-04-01 to 2025-06-30, INR/shares)",
        "Dividend: nil (2025-04-01 to 2025-06-30, INR)",
        "Notes: The results were reviewed. (2025-04-01 to 2025-06-30)",
        "Lost: 8 (Nowhere)",
    ]


def test_facts_about_very_long_contexts_end_at_the_limit_of_a_text() -> None:
    members = '<explicitMember dimension="a:b">m:xxxxxxxxxx</explicitMember>' * 1000
    facts = '<x contextRef="c">5</x>' * 100_000
    xml = f'<xbrl xmlns="http://www.xbrl.org/2003/instance"><context id="c">{members}</context>{facts}</xbrl>'

    found = extract(xml.encode(), LIMITS)

    assert (len(found.pages[0]), found.flags) == (LIMITS.max_chars, ["too_large"])


def test_other_xml_is_its_texts_and_attributes() -> None:
    xml = '<?xml version="1.0"?><filing id="7"><company>Asha  Ltd</company><!-- no --><n>5</n> tail</filing>'

    assert lines_of(xml) == ["filing: tail", "filing.id: 7", "company: Asha Ltd", "n: 5"]


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_the_declared_encoding_is_used(encoding: str) -> None:
    assert lines_of(f'<?xml version="1.0" encoding="{encoding}"?><a>Société</a>', encoding) == ["a: Société"]


def test_an_unknown_encoding_is_read_as_utf_8() -> None:
    assert lines_of('<?xml version="1.0" encoding="klingon"?><a>Société</a>') == ["a: Société"]


def test_a_billion_laughs_are_not_told() -> None:
    entities = ['<!ENTITY l0 "ha">'] + [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
    xml = f'<?xml version="1.0"?><!DOCTYPE a [{"".join(entities)}]><a>before &l9; after</a>'

    text = "\n".join(lines_of(xml))

    assert len(text) < 100
    assert "haha" not in text


def test_no_file_is_read_through_an_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("my secret")
    address = secret.as_uri()
    doctype = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{address}"><!ENTITY % p SYSTEM "{address}">%p;]>'

    lines = lines_of(f"{doctype}<a>b &x; c</a>")

    assert lines == ["a: b c"]


def test_endless_nesting_ends_in_a_stated_result() -> None:
    found = extract(b"<?xml version='1.0'?>" + b"<a>" * 200_000 + b"deep", LIMITS)

    assert set(found.flags) & {"too_large", "empty"}


def test_a_file_cut_in_the_middle_gives_what_it_has_and_says_so() -> None:
    found = extract(INSTANCE[: INSTANCE.index("<in:Eps")].encode(), LIMITS)

    assert "Revenue: 123450000 (2025-04-01 to 2025-06-30, INR)" in found.pages[0].splitlines()
    assert found.flags == ["broken"]


def test_a_file_without_text_is_empty() -> None:
    assert extract(b"<a><b/></a>", LIMITS) == Extract(page_count=1, flags=["empty"])


def test_a_long_file_is_cut_and_says_so() -> None:
    found = extract(b"<a>" + b"x" * 100 + b"</a>", Limits(max_pages=1, max_chars=10))

    assert found == Extract(["a: xxxxxxx"], 1, flags=["too_large"])


@given(st.binary(max_size=400))
def test_any_bytes_give_a_page(data: bytes) -> None:
    assert extract(data, LIMITS).page_count == 1


@given(st.text(alphabet="<>/!-=\"' abx:&;#[]\n", max_size=300))
def test_any_broken_markup_gives_a_page(text: str) -> None:
    assert extract(b"<xbrl>" + text.encode(), LIMITS).page_count == 1
