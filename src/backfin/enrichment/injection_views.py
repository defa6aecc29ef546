"""A text as a model would understand it, however it is disguised, with the way back to where it stands."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

#: Letters of other scripts that look like Latin ones.
_LOOKALIKES = str.maketrans(
    "аеорсхуіјѕһԁԛԝвкмнтгпԍѵοανιρτυχεκηωσγϲϳᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢıɩɡⅼ｜",
    "aeopcxyijshdqwbkmhtrngvoaviptuxeknwsycjabcdefghijklmnoprstuvwyziigll",
)
#: Letters in boxes, circles and flags that no normal form takes apart, and the invisible copy of ASCII.
_DRESSED = {
    **{first + at: chr(97 + at) for first in (0x1F150, 0x1F170, 0x1F1E6) for at in range(26)},
    **{0xE0000 + code: chr(code) for code in range(0x20, 0x7F)},
}
#: Letters that are blank.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_LEET = str.maketrans("013457@$!|+", "oieastasilt")
_RUN = re.compile(r"[A-Za-z0-9@$!|+]+")
_WORDS = re.compile(r"\S+")
_PLAIN = re.compile(r"[A-Za-z0-9]")

_BASE64 = re.compile(
    r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,}={0,2}(?:\s{0,2}[A-Za-z0-9+/_-]{16,}={0,2}){0,40}"
)
#: The first figure stands before the look behind it, so that the engine passes over what is none.
_HEX = re.compile(r"[0-9a-fA-F](?<![0-9a-fA-F]{2})[0-9a-fA-F][\s:]?(?:[0-9a-fA-F]{2}[\s:]?){15,}")
#: What follows on the line may go on in plain letters.
_ENTITIES = re.compile(r"(?:&#x?[0-9a-fA-F]{2,6};[ ]?){6,}[^\n]{0,200}")
_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4}[ ]?){4,}[^\n]{0,200}")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_PERCENTS = re.compile(r"(?<![\w%])[A-Za-z]{0,40}%[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2}|[\w.,:-]){9,}")
_LEAST_READABLE = 0.85
#: The shortest word that may be Base64.
_SHORTEST_BASE64 = 24


@dataclass(frozen=True, slots=True)
class View:
    """A text in pieces: where each begins in the view, and where it stands in the original."""

    text: str
    starts: tuple[int, ...]
    origins: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The part of the original behind a part of the view."""
        return self._place(start)[0], self._place(end - 1)[1]

    def _place(self, at: int) -> tuple[int, int]:
        index = bisect_right(self.starts, at) - 1
        first, last = self.origins[index]
        offset = at - self.starts[index]
        place = min(first + offset, last - 1)
        return place, place + 1


def _joined(pieces: Iterable[tuple[str, int, int]], gap: str) -> View:
    """A view of pieces, each with its start and end in the original."""
    starts: list[int] = []
    origins: list[tuple[int, int]] = []
    parts: list[str] = []
    at = 0
    for text, start, end in pieces:
        if text:
            starts.append(at)
            origins.append((start, end))
            parts.append(text)
            at += len(text) + len(gap)
    return View(gap.join(parts), tuple(starts), tuple(origins))


def folded(text: str) -> View:
    """Lower case, without invisible characters, look-alikes turned into Latin letters, white space collapsed.

    >>> folded("Ign\\u200bоre\\n  ALL").text
    'ignore all'
    """
    return _view(text, _as_latin)


def folded_text(text: str) -> str:
    """The words of ``folded`` without the way back to where they stand, which costs more than they do."""
    if "-\n" in text:
        return folded(text).text
    return " ".join(filter(None, (_folded_word(word, _as_latin) for word in text.split())))


def plain(text: str) -> View:
    """The same without touching other scripts, for instructions written in them."""
    return _view(text, lambda word: word)


def squeezed(text: str) -> View:
    """Letters alone, digits that stand for letters among them: what is left when someone splits words up.

    >>> squeezed("I g-n 0 r e").text
    'ignore'
    """
    pieces = (
        (
            "".join(_RUN.findall(_folded_word(match[0], _as_latin))).translate(_LEET),
            match.start(),
            match.end(),
        )
        for match in _WORDS.finditer(text)
    )
    return _joined(pieces, "")


def decoded(text: str) -> Iterator[tuple[int, int, str]]:
    """Readable texts that are hidden by an encoding, each with start and end of what hides it."""
    for is_likely, pattern, decode in (
        (max(map(len, text.split()), default=0) >= _SHORTEST_BASE64, _BASE64, _from_base64),
        (True, _HEX, _from_hex),
        ("&#" in text, _ENTITIES, html.unescape),
        ("\\u" in text, _ESCAPES, _from_escapes),
        (_PERCENT.search(text), _PERCENTS, _from_percents),
    ):
        for match in pattern.finditer(text) if is_likely else ():
            said = decode(match[0])
            if said and _is_readable(said):
                yield match.start(), match.end(), said


def turned(text: str) -> Iterator[str]:
    """The text read backwards, and with every letter moved by half the alphabet; the same length each."""
    yield text[::-1]
    yield codecs.encode(text, "rot13")


def is_disguised(text: str) -> bool:
    """Whether a text has characters that nobody sees, letters of two scripts in one word, or letters set apart."""
    if _APART.search(text) or (not text.isascii() and _MASKS.search(text) and _DISGUISE.search(text)):
        return True
    return _LEET_WORD.search(text) is not None and _LEET_WORDS.search(text) is not None


_CYRILLIC_GREEK = "Ͱ-ϿЀ-ԯ"
#: Letters set apart. What parts the first two stands before the look behind it, so that the engine passes over words.
_PARTS = r"[ .*_|/\-\u00b7]"
_APART = re.compile(
    rf"{_PARTS}(?<=(?<![^\W_])[^\W_]{_PARTS}){_PARTS}{{0,2}}[^\W_](?![^\W_])(?:{_PARTS}{{1,3}}[^\W_](?![^\W_])){{4,}}"
)
#: The sign stands before the look behind it, so that the engine passes over letters.
_LEET_WORD = re.compile(r"[0134@$](?<=[a-z][0134@$])[a-z]")
_LEET_WORDS = re.compile(r"[A-Za-z][0134@$][A-Za-z0134@$]{1,9}[^\S\n]{1,3}[A-Za-z0134@$]{0,9}[0134@$]")
#: Characters that disguise a text wherever they stand, and those that do in company of others.
_ALWAYS = (
    r"\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    r"\u2066-\u206f\ufeff\U000e0000-\U000e007f\u115f\u1160\u3164\uffa0\u2800"
)
_SOMETIMES = (
    r"\ufe00-\ufe0f\u24b6-\u24e9\U0001f110-\U0001f189\U0001f1e6-\U0001f1ffＡ-Ｚａ-ｚᴀ-ᴢ\U0001d400-\U0001d7ff"
)
#: One of either, which hardly any text has: looked for before the company is.
_MASKS = re.compile(f"[{_ALWAYS}{_SOMETIMES}{_CYRILLIC_GREEK}]")
_DISGUISE = re.compile(
    rf"[{_ALWAYS}]|[A-Za-z][\ufe00-\ufe0f][A-Za-z]"
    r"|[\u24b6-\u24e9]{3}|[\U0001f110-\U0001f189]{3}|[\U0001f1e6-\U0001f1ff]{5}"
    rf"|[A-Za-z][{_CYRILLIC_GREEK}]|[{_CYRILLIC_GREEK}][A-Za-z]|[Ａ-Ｚａ-ｚ]{{3}}|[ᴀ-ᴢ]{{2}}"
    r"|[\U0001d400-\U0001d7ff]{3}"
)


def _view(text: str, translate: Callable[[str], str]) -> View:
    found = (
        (_folded_word(match[0], translate), match.start(), match.end()) for match in _WORDS.finditer(text)
    )
    return _joined(_mended(found) if "-\n" in text else found, " ")


def _mended(pieces: Iterable[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
    """Puts a word together again that a hyphen at the end of a line breaks in two."""
    held: tuple[str, int, int] | None = None
    for text, start, end in pieces:
        if held is not None:
            text, start = held[0][:-1] + text, held[1]
        held = (text, start, end) if text.endswith("-") and len(text) > 1 else None
        if held is None:
            yield text, start, end
    if held is not None:
        yield held


def _as_latin(word: str) -> str:
    return word.translate(_LOOKALIKES)


def _folded_word(word: str, translate: Callable[[str], str]) -> str:
    if word.isascii():
        return word.lower()
    return translate("".join(_normal(char) for char in word))


@lru_cache(maxsize=4096)
def _normal(char: str) -> str:
    if char.isascii():
        return char.lower()
    if dressed := _DRESSED.get(ord(char)):
        return dressed.lower()
    if unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f" or char in _BLANK_LETTERS:
        return ""
    return without_marks(char).lower()


def without_marks(text: str) -> str:
    """A text taken apart into letters and marks, without accents and the dot below of Devanagari letters."""
    base = unicodedata.normalize("NFKD", text)
    return "".join(one for one in base if not "\u0300" <= one <= "\u036f" and one != "\u093c")


def _from_base64(text: str) -> str:
    packed = re.sub(r"\s", "", text).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def _from_hex(text: str) -> str:
    try:
        return bytes.fromhex(re.sub(r"[\s:]", "", text)).decode("utf-8")
    except ValueError:
        return ""


def _from_escapes(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def _from_percents(text: str) -> str:
    return unquote(text) if text.count("%") >= 3 else ""


def _is_readable(text: str) -> bool:
    good = sum(1 for char in text if char.isalnum() or char.isspace() or char in ".,:;'\"!?-/()₹%")
    return len(text) >= 10 and good >= _LEAST_READABLE * len(text) and _PLAIN.search(text) is not None
