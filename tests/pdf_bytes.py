"""Small PDFs written by hand, honest and hostile."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

#: A line long enough to count as the text of a page.
TEXT = "Outcome of the board meeting held today, the results"

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pdf_of_objects(objects: Sequence[bytes]) -> bytes:
    """A PDF whose object 1 is the catalogue, with a correct table of offsets."""
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object of ``data`` as it stands."""
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(data), entries, data)


def text_operators(lines: Sequence[str]) -> bytes:
    """Page content that shows one line below the other."""
    shown = b"".join(b"(%b) Tj T*\n" % line.encode("latin-1") for line in lines)
    return b"BT /F1 12 Tf 14 TL 72 770 Td\n" + shown + b"ET\n"


def pdf_of_contents(contents: Sequence[bytes], *, count: int | None = None, kids: bytes = b"") -> bytes:
    """A PDF with one page for each stream object of ``contents``.

    Args:
        contents: Objects as :func:`stream` makes them. They may use the font ``/F1`` and the picture ``/I1``.
        count: What the page tree claims; the truth by default.
        kids: The page tree's list of kids instead of the true one.
    """
    first = 5
    picture = stream(
        b"\x00",
        b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray",
    )
    numbers = [first + 2 * index for index in range(len(contents))]
    true_kids = b" ".join(b"%d 0 R" % number for number in numbers)
    pages = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (
        kids or true_kids,
        len(contents) if count is None else count,
    )
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", pages, _FONT, picture]
    for number, content in zip(numbers, contents, strict=True):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> /XObject << /I1 4 0 R >> >> >>" % (number + 1)
        )
        objects.append(content)
    return pdf_of_objects(objects)


def pdf_of_texts(*pages: Sequence[str]) -> bytes:
    """A PDF with one page for each list of lines."""
    return pdf_of_contents([stream(text_operators(lines)) for lines in pages])


#: Content of a page that is one picture.
PICTURE = stream(b"q 500 0 0 700 40 40 cm /I1 Do Q\n")
#: Content of a page on which nothing is drawn.
BLANK = stream(b"")


def deflated(data: bytes) -> bytes:
    """A stream object of ``data``, compressed."""
    return stream(zlib.compress(data, 9), b"/Filter /FlateDecode")


def zeros_deflated(size_bytes: int) -> bytes:
    """``size_bytes`` of white space, compressed without ever being in memory at once."""
    packer = zlib.compressobj(9)
    block = b" " * (1 << 20)
    packed = b"".join(packer.compress(block) for _ in range(size_bytes >> 20))
    return packed + packer.flush()


def flate_bomb(size_bytes: int) -> bytes:
    """A page whose content inflates to ``size_bytes``."""
    return pdf_of_contents([stream(zeros_deflated(size_bytes), b"/Filter /FlateDecode")])


def double_flate_bomb(size_bytes: int) -> bytes:
    """The same, compressed twice: a few kilobytes."""
    packed = zlib.compress(zeros_deflated(size_bytes), 9)
    return pdf_of_contents([stream(packed, b"/Filter [/FlateDecode /FlateDecode]")])


def many_text_operators(size_bytes: int) -> bytes:
    """A page of ``size_bytes`` of text operators, each its own piece of text."""
    operator = b"(abcdefgh) Tj 1 0 Td\n"
    return pdf_of_contents([deflated(b"BT /F1 12 Tf\n" + operator * (size_bytes // len(operator)) + b"ET\n")])


def nested_forms(depth: int) -> bytes:
    """A page that draws a form twice, which draws the next twice, and so on: ``2 ** depth`` drawings."""
    first = 5
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /XObject << /X %d 0 R >> >> >>" % first,
        stream(b"/X Do /X Do\n"),
    ]
    for level in range(depth):
        resources = b"/Resources << /XObject << /X %d 0 R >> >>" % (first + level + 1)
        objects.append(
            stream(b"/X Do /X Do\n", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] " + resources)
        )
    objects.append(stream(b"0 0 1 1 re f\n", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"))
    return pdf_of_objects(objects)


def page_tree_cycle() -> bytes:
    """A page tree whose root is its own kid."""
    return pdf_of_contents([stream(text_operators(["Hello"]))], kids=b"2 0 R 2 0 R", count=2)


def encrypted() -> bytes:
    """A PDF that asks for a password nobody knows (40-bit RC4, with keys that fit none)."""
    body = pdf_of_texts(["Secret"])
    locked = (
        b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%b> /U <%b> /P -4 >> /ID [<00> <00>] >>\nstartxref"
        % (
            b"41" * 32,
            b"42" * 32,
        )
    )
    return body.replace(b">>\nstartxref", locked)


def written(folder: Path, data: bytes, name: str = "a.pdf") -> Path:
    """A file with those bytes."""
    path = folder / name
    path.write_bytes(data)
    return path


#: Keeps a reader busy for seconds and kills it in the end: what tests of time-outs and kills need.
SLOW = nested_forms(25)
