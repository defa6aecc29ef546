"""What kind of file it is, told from its first bytes. Names and headers of senders are not believed."""

from __future__ import annotations

import re
from pathlib import Path

#: Bytes of a file's beginning that are looked at.
HEAD_BYTES = 4096

PDF = "application/pdf"
HTML = "text/html"
XML = "application/xml"
ZIP = "application/zip"
PLAIN = "text/plain"
EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"

#: PDF readers accept a header anywhere in the first kilobyte.
_PDF_HEADER_WITHIN = 1024

_MAGIC = (
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
)

#: What HTML without a doctype starts with.
_HTML_ELEMENT = re.compile(
    r"html|head|body|title|meta|link|base|script|style|noscript|table|thead|tbody|tr|td|th|div|span|p|br|hr"
    r"|h[1-6]|ul|ol|li|a|b|i|u|em|strong|font|center|form|input|img|pre|iframe|!html"
)
_OPENING_TAG = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
#: What no text holds.
_STRANGE = re.compile("[\ufffd\x00-\x08\x0b\x0e-\x1f]")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def sniff_file(path: Path) -> str:
    """Media type of a file on disk, from its first bytes.

    Raises:
        OSError: The file cannot be opened.
    """
    with path.open("rb") as file:
        return sniff(file.read(HEAD_BYTES))


def sniff(head: bytes) -> str:
    """Media type of a file that starts with ``head``; ``application/octet-stream`` when nothing fits.

    XBRL is ``application/xml``; XHTML, with or without XBRL inside, is ``text/html``.

    >>> sniff(b"%PDF-1.7"), sniff(b"<html><body>Access denied"), sniff(b"")
    ('application/pdf', 'text/html', 'application/x-empty')
    """
    if not head:
        return EMPTY
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    text = _decode(head)
    if markup := _sniff_markup(text):
        return markup
    if b"%PDF-" in head[:_PDF_HEADER_WITHIN]:
        return PDF
    return PLAIN if _is_readable(text) else UNKNOWN


def _decode(head: bytes) -> str:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return head[len(bom) :].decode(encoding, "replace")
    return head.decode("utf-8", "replace")


def _sniff_markup(text: str) -> str:
    """HTML or XML; ``""`` for neither."""
    start = text.lstrip()
    root = _root_name(start)
    if start.startswith("<?xml"):
        return HTML if root in ("html", "!html") else XML
    if root:
        return HTML if _HTML_ELEMENT.fullmatch(root) else XML
    return ""


def _root_name(text: str) -> str:
    """Local name of the first element, lower case; ``!html`` for a doctype of HTML, ``""`` for none."""
    while text.startswith("<"):
        if text.startswith("<!--"):
            _, closed, text = text.partition("-->")
        elif re.match(r"<!doctype\s+html\b", text, re.IGNORECASE):
            return "!html"
        elif text.startswith(("<?", "<!")):
            closed, text = _after_declaration(text)
        else:
            tag = _OPENING_TAG.match(text)
            return tag.group(1).lower() if tag else ""
        if not closed:
            return ""
        text = text.lstrip()
    return ""


def _after_declaration(text: str) -> tuple[str, str]:
    end = "]>" if "[" in text.partition(">")[0] else ">"
    _, closed, rest = text.partition(end)
    return closed, rest


def _is_readable(text: str) -> bool:
    # A character cut in half at the end of the head is no sign of a binary file.
    return _STRANGE.search(text, 0, len(text) - 1) is None
