"""Lists of investors are read as people's spreadsheets write them, and a line that cannot be read stops no other."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backfin.errors import ConfigError
from backfin.investors.listing import Listed, Refused, read_listing
from backfin.models import PartyKind, Scheme

ASHA = "Asha Mehra"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


def read(file: Path, content: str | bytes, encoding: str = "utf-8") -> list[Listed | Refused]:
    file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return list(read_listing(file))


def names(file: Path, content: str | bytes, encoding: str = "utf-8") -> list[str]:
    return [one.name if isinstance(one, Listed) else one.why for one in read(file, content, encoding)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_spreadsheet_is_read(file: Path, encoding: str, separator: str, end: str) -> None:
    rows = [
        ("Name", "Aliases", "Kind"),
        (ASHA, "Kaka|अशा", "Person"),
        ("", "", ""),
        ("Pine Oak Ltd", "", "company"),
    ]
    content = end.join(separator.join(row) for row in rows)

    assert read(file, content, encoding) == [
        Listed(2, ASHA, ("Kaka", "अशा"), PartyKind.PERSON),
        Listed(4, "Pine Oak Ltd", (), PartyKind.COMPANY),
    ]


def test_each_line_has_an_encoding_of_its_own(file: Path) -> None:
    assert names(file, "name\nआशा मेहरा\n".encode() + "Zoë Café\n".encode("cp1252")) == [
        "आशा मेहरा",
        "Zoë Café",
    ]


def test_without_heads_the_columns_are_name_other_name_kind_and_numbers(file: Path) -> None:
    (found,) = read(file, f"{ASHA},A K Mehra,person,01234567,ABCPM1234F,\n")

    assert found == Listed(
        1, ASHA, ("A K Mehra",), PartyKind.PERSON, ((Scheme.DIN, "01234567"), (Scheme.PAN, "234F"))
    )


def test_heads_stand_in_any_order_and_unknown_ones_are_passed_over(file: Path) -> None:
    (found,) = read(file, f"PAN No.,city,Client Name,DIN\nXXXXXX234F,Pune,{ASHA},1234567\n")

    assert found == Listed(2, ASHA, (), PartyKind.UNKNOWN, ((Scheme.PAN, "234F"), (Scheme.DIN, "01234567")))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (f'"{ASHA},,,', "quotes"),
        (f'{ASHA},"a"b,,', "quotes"),
        (",Kaka,,", "no name"),
        ("Total,,,", "names nobody"),
        ("ABCPM1234F,,,", "not a name"),
        (f"{ASHA} ABCPM1234F,,,", "holds a PAN"),
        (f"{ASHA},,banker,", "no kind"),
        (f"{ASHA},,,123", "wrong DIN"),
        (f"{ASHA},,,,x", "more cells"),
        ("x" * 30_000, "more than"),
        ("Asha " * 100, "names nobody"),
    ],
)
def test_a_wrong_line_says_why_and_stops_no_other(file: Path, line: str, why: str) -> None:
    before, wrong, after = read(file, f"name,alias,kind,din\nRavi Bose\n{line}\nVimal Bora\n")

    assert isinstance(wrong, Refused)
    assert (wrong.number, why in wrong.why) == (3, True)
    assert "ABCPM" not in wrong.why + wrong.name
    assert wrong.name.startswith("Asha Mehra") == (
        why in ("holds a PAN", "no kind", "wrong DIN", "more cells")
    )
    assert isinstance(before, Listed)
    assert isinstance(after, Listed)
    assert (before.name, after.name, after.number) == ("Ravi Bose", "Vimal Bora", 4)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        list(read_listing(tmp_path / "missing.csv"))
    with pytest.raises(ConfigError, match="cannot be read"):
        list(read_listing(tmp_path))
    (tmp_path / "heads.csv").write_text("alias,kind\nx,y\n")
    with pytest.raises(ConfigError, match="no column for names"):
        list(read_listing(tmp_path / "heads.csv"))


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf", ",;\n".encode("utf-16")])
def test_an_empty_file_is_said_to_be_empty(file: Path, content: bytes) -> None:
    with pytest.raises(ConfigError, match="is empty"):
        read(file, content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("wrong", ["\x00", "\x01", "\x1b", "PK\x03\x04"])
def test_a_file_with_control_characters_is_no_list(file: Path, wrong: str, encoding: str) -> None:
    file.write_bytes(f"name\n{'Ravi Bose' * 5000}\nVimal{wrong} Bora\n".encode(encoding))

    with pytest.raises(ConfigError, match="is no CSV"):
        next(read_listing(file))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_line_by_line(file: Path, content: bytes) -> None:
    try:
        found = read(file, content)
    except ConfigError:  # heads without a name among them, no text, nothing
        return
    numbers = [one.number for one in found]
    assert numbers == sorted(numbers)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.from_regex(r"[A-Za-z]{3,9}[ ,;\"']{0,2}[A-Za-z]{3,9}(, [A-Za-z]{3})?", fullmatch=True),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([",", ";"]),
)
def test_what_a_csv_writer_writes_is_read_back(file: Path, people: list[str], separator: str) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerows(
        [["name", "kind"], *([name, "person"] for name in people)]
    )

    found = read(file, written.getvalue())

    assert len(found) == len(people)
    for one, name in zip(found, people, strict=True):
        assert not isinstance(one, Listed) or one.name == " ".join(name.split())
        assert isinstance(one, Listed) or "names nobody" in one.why


def test_the_name_of_a_refused_line_is_shown_in_part_where_it_is_long(file: Path) -> None:
    (found,) = read(file, "name\n" + "Asha " * 900)

    assert isinstance(found, Refused)
    assert found.name.startswith("Asha Asha")
    assert len(found.name) <= 60
