"""What downloaded bytes are, by their first and last bytes. Pure; names and headers are not believed."""

from __future__ import annotations

import re

from backfin.exchanges.lenient_json import looks_like_html

PDF = "application/pdf"
HTML = "text/html"
XML = "application/xml"
UNKNOWN = "application/octet-stream"

#: Bytes that are looked at on either end of a file; the mark of the site's shell stands after its head.
LOOK_BYTES = 32 * 1024

#: How files begin. Some PDFs carry a few bytes of rubbish in front, which readers forgive.
_MAGIC = (
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)

#: Marks of the site's own shell, which it serves with status 200 where a file is missing.
_SHELL = (b"ng-app", b"<app-root", b"ng-controller")

#: Titles of pages that are no file, whatever its name.
_REFUSAL = re.compile(
    rb"<title>\s*(access denied|(403|404|500|503)\b[^<]*|(runtime |server )?error|service unavailable)\s*<",
    re.IGNORECASE,
)

#: Names whose file may be an HTML page.
_PAGE_NAMES = (".htm", ".html", ".xhtml", ".xml", ".xbrl")


def kind_of(head: bytes) -> str:
    """The media type of a file by its first bytes.

    >>> kind_of(b"%PDF-1.7"), kind_of(b"PK\\x03\\x04"), kind_of(b"<?xml version='1.0'?><a/>")
    ('application/pdf', 'application/zip', 'application/xml')
    """
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if b"%PDF-" in head[:1024]:
        return PDF
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if looks_like_html(head) or (text.startswith(b"<?xml") and b"<html" in head.lower()):
        return HTML
    return XML if text.startswith(b"<?xml") else UNKNOWN


def is_shell(head: bytes) -> bool:
    """Whether bytes are the site's shell, which stands where a file is not."""
    lower = head.lower()
    return kind_of(head) == HTML and any(mark in lower for mark in _SHELL)


def is_page_instead(name: str, head: bytes) -> bool:
    """Whether bytes are an HTML page although the file ``name`` is none: an error in words."""
    if kind_of(head) != HTML:
        return False
    return not name.lower().endswith(_PAGE_NAMES) or _REFUSAL.search(head) is not None


def is_cut(kind: str, tail: bytes) -> bool:
    """Whether a PDF ends without its end mark."""
    return kind == PDF and b"%%EOF" not in tail
