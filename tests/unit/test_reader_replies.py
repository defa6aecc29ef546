"""A reader that was taken over by its file can send anything; only what fits is taken."""

from __future__ import annotations

from typing import Any

import pytest

from backfin.documents.bitmap import parse_bitmap
from backfin.documents.extract import Extract, PageTable, parse_extract

GOOD: list[Any] = [
    ["text", ""],
    2,
    [1],
    [],
    ["needs_ocr"],
    [0],
    [[0, [["a", "b"]], [[[1, 2, 3, 4.5], None]]]],
    [[0, "unseen"]],
    [],
]


def changed(place: int, value: Any) -> list[Any]:
    """The good reply with one part replaced."""
    return [*GOOD[:place], value, *GOOD[place + 1 :]]


def test_a_reply_that_fits_is_taken_as_it_is() -> None:
    found = parse_extract(GOOD)

    assert found.pages == ["text", ""]
    assert found.tables == [PageTable(0, [["a", "b"]], [[[1, 2, 3, 4.5], None]])]
    assert found.hidden == [(0, "unseen")]
    assert found.wanting_ocr() == [0, 1]


@pytest.mark.parametrize(
    "reply",
    [
        None,
        {},
        [],
        GOOD[:-1],
        changed(0, ["\ud800"]),
        changed(0, [1]),
        changed(1, "2"),
        changed(1, True),
        changed(2, [2]),
        changed(2, [-1]),
        changed(3, [True]),
        changed(4, [None]),
        changed(5, [9]),
        changed(6, [[0, [["a"]]]]),
        changed(6, [[2, [["a"]], [[None]]]]),
        changed(6, [[0, [], []]]),
        changed(6, [[0, [["a"], ["b", "c"]], [[None], [None, None]]]]),
        changed(6, [[0, [["a"]], [[[1, 2, 3]]]]]),
        changed(6, [[0, [["a"]], [[[1, 2, 3, "4"]]]]]),
        changed(6, [[0, [["a"]], [[[1, 2, 3, float("nan")]]]]]),
        changed(6, [[0, [["a"]], [[[1, 2, 3, float("inf")]]]]]),
        changed(6, [[0, [["\ud800"]], [[None]]]]),
        changed(6, [[0, [["a"] * 40] * 400, [[None] * 40] * 400]] * 13),
        changed(6, [[0, [["a"]], [[None]]]] * 2001),
        changed(7, [[0]]),
        changed(7, [["0", "a"]]),
        changed(7, [[0, "\udfff"]]),
    ],
)
def test_any_other_reply_is_refused(reply: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_extract(reply)


def test_an_extract_holds_what_a_reply_holds() -> None:
    assert len(GOOD) == len(Extract._fields)


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        (None, b""),
        ([2, 2], b"1234"),
        ([2, 2, 200], b"123"),
        ([-2, -2, 200], b"1234"),
        ([2, 2, 0], b"1234"),
        ([2, 2, float("nan")], b"1234"),
        ([2.0, 2, 200], b"1234"),
        ([100_000, 100_000, 200], b""),
    ],
)
def test_a_picture_whose_size_and_pixels_differ_is_refused(size: Any, pixels: bytes) -> None:
    with pytest.raises(ValueError, match="picture"):
        parse_bitmap(size, pixels)


def test_a_picture_that_fits_is_taken() -> None:
    picture = parse_bitmap([2, 3, 200.0], b"123456")

    assert picture.as_pgm() == b"P5 2 3 255\n123456"
