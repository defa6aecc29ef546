"""Metrics of the fonts every PDF reader has, and a font of one glyph for the rupee sign."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

RUPEE = "₹"

#: Fonts by name, with the key under which a page's resources know them.
FONTS = {
    "Helvetica": "F1",
    "Helvetica-Bold": "F2",
    "Times-Roman": "F3",
    "Times-Bold": "F4",
    "Courier": "F5",
}

_DIGITS = {"Helvetica": 556, "Helvetica-Bold": 556, "Times-Roman": 500, "Times-Bold": 500}

#: Advance widths of the characters from space to tilde, in thousandths of the size; digits are left out.
_WIDTHS = {
    "Helvetica": (
        "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 278 278 584 584 584 556 1015 667 667 722 722"
        " 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556"
        " 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500"
        " 334 260 334 584"
    ),
    "Helvetica-Bold": (
        "278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 333 333 584 584 584 611 975 722 722 722 722"
        " 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 667 944 667 667 611 333 278 333 584 556"
        " 333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 556 556 500"
        " 389 280 389 584"
    ),
    "Times-Roman": (
        "250 333 408 500 500 833 778 180 333 333 500 564 250 333 250 278 278 278 564 564 564 444 921 722 667 667 722"
        " 611 556 722 722 333 389 722 611 889 722 722 556 722 667 556 611 722 722 944 722 722 611 333 278 333 469 500"
        " 333 444 500 444 500 444 333 500 500 278 278 500 278 778 500 500 500 500 333 389 278 500 500 722 500 500 444"
        " 480 200 480 541"
    ),
    "Times-Bold": (
        "250 333 555 500 500 1000 833 278 333 333 500 570 250 333 250 278 333 333 570 570 570 500 930 722 667 722 722"
        " 667 611 778 778 389 500 778 667 944 722 778 611 778 722 556 667 722 722 1000 722 722 667 333 278 333 581 500"
        " 333 500 556 444 556 444 333 500 556 278 333 556 278 833 556 500 556 556 444 389 333 556 500 722 500 500 444"
        " 394 220 394 520"
    ),
}


@lru_cache(maxsize=8)
def _advances(font: str) -> dict[str, int]:
    if font == "Courier":
        return {}
    numbers = [int(number) for number in _WIDTHS[font].split()]
    characters = [chr(code) for code in range(32, 127) if not 48 <= code <= 57]
    advances = dict(zip(characters, numbers, strict=True))
    advances.update(dict.fromkeys("0123456789", _DIGITS[font]))
    advances.update(
        {"‘": advances["'"] + 80, "’": advances["'"] + 80, "•": 350, "—": 1000, "\xa0": advances[" "]}
    )
    return advances


def text_width(text: str, font: str, size: float) -> float:
    """Width of a line in points."""
    advances = _advances(font)
    return sum(advances.get(character, 600 if font == "Courier" else 556) for character in text) * size / 1000


def wrap(text: str, font: str, size: float, width: float) -> list[str]:
    """Lines no wider than ``width`` points, broken at spaces; a longer word stands alone and sticks out."""
    return [line for part in text.split("\n") for line in _wrapped(part.split(), font, size, width)]


def _wrapped(words: list[str], font: str, size: float, width: float) -> list[str]:
    lines, room = [""], width
    space = text_width(" ", font, size)
    for word in words:
        needed = text_width(word, font, size)
        if lines[-1] and needed + space > room:
            lines.append(word)
            room = width - needed
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
            room -= needed + (space if lines[-1] != word else 0)
    return lines


@dataclass(frozen=True, slots=True)
class _RupeeFont:
    """A Type 3 font: ``R`` draws the rupee sign and extracts as U+20B9."""

    glyph: str = (
        "556 0 30 -10 530 720 d1 0 0 0 rg\n"
        "40 640 480 60 re f 40 480 480 60 re f\n"
        "210 700 m 430 690 430 330 190 310 c 130 310 l 130 370 l 190 370 l 330 380 340 640 210 640 c f\n"
        "130 350 m 210 350 l 450 0 l 360 0 l f"
    )
    to_unicode: str = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CMapName /Rupee def /CMapType 2 def\n"
        "1 begincodespacerange <00> <FF> endcodespacerange\n"
        "1 beginbfchar <52> <20B9> endbfchar\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    )

    def body(self, glyph: int, to_unicode: int) -> bytes:
        """The font's dictionary, given the numbers of its two streams."""
        return (
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 -10 556 720] /FontMatrix [0.001 0 0 0.001 0 0] "
            f"/CharProcs << /rupee {glyph} 0 R >> /Encoding << /Type /Encoding /Differences [82 /rupee] >> "
            f"/FirstChar 82 /LastChar 82 /Widths [556] /Resources << >> /ToUnicode {to_unicode} 0 R >>"
        ).encode()


RUPEE_FONT = _RupeeFont()
