"""Sentences of a letter, and the items of its lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: A full stop that ends a sentence: not behind an abbreviation, and a capital follows.
#: The stop stands before what is looked for in front of it, so that the engine passes from stop to stop.
END = re.compile(
    r"\.(?:(?<=[a-z0-9)%”\"’']\.)(?<![\s(][A-Za-z]{2}\.)(?<!\bLtd\.)(?<!\bPvt\.)(?<!\bMrs\.)(?<!\bSmt\.)(?<!\bReg\.)"
    r"(?<!M/s\.)(?<!\bviz\.)(?<![ei]xcl\.)(?<!incl\.)(?<!Crs\.)(?<!i\.e\.)(?<!Shri\.)\s+(?=[A-Z“\"(])"
    r"|(?:(?<=\.\.)|(?<=[\s(]to\.))\s+(?=[A-Z]))"
)
#: The number or bullet of an item of a list, at the start of its line.
_ITEM = re.compile(
    r"(?:^|\n)\s*[(\[]?(?P<number>\d{1,2}(?=[.),:\]])|[a-h](?=[.),:\]])|[ivx]{1,4}(?=[.),:\]])|[•▪●➢■])[.),:\]]{0,2}"
    r"\s+(?=[A-Z“\"‘'])"
)
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
#: What begins a paragraph behind the last item of a list.
_PARAGRAPH = re.compile(
    r"\n(?=(?:After|The|Thereafter|Further|All|We|This|Subject|Please|Kindly|You|In|As)\s)"
)


def pieces(body: str) -> Iterator[tuple[bool, str]]:
    """Running text and items in turn: an item has the first number, or the one behind the item before."""
    last, start, is_item = 0, 0, False
    for match in _ITEM.finditer(body):
        count = _count(match["number"])
        if count not in (1, last + 1):
            continue
        yield from (
            _split_item(body[start : match.start()]) if is_item else [(False, body[start : match.start()])]
        )
        last, start, is_item = count, match.end(), True
    yield from _split_item(body[start:]) if is_item else [(False, body[start:])]


def _count(number: str) -> int:
    """Which item a number, letter or Roman numeral stands for; a bullet is always the first."""
    if number.isdigit():
        return int(number)
    if not number.isalpha():
        return 1
    return _ROMAN.index(number) + 1 if number in _ROMAN else ord(number[0]) - ord("a") + 1


def _split_item(text: str) -> Iterator[tuple[bool, str]]:
    """An item, and the paragraph that follows it."""
    item, *rest = _PARAGRAPH.split(text, maxsplit=1)
    first, *others = END.split(item)
    yield True, first
    if others or rest:
        yield False, " ".join((*(f"{part}." for part in others), *rest))
