"""The kind of a file is told from its bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.documents.sniff import sniff, sniff_file

KINDS = [
    (b"%PDF-1.4\n%\xe2\xe3", "application/pdf"),
    (b"\r\n\r\n junk before the header %PDF-1.7", "application/pdf"),
    (b"<!DOCTYPE html>\n<html>", "text/html"),
    (b'<!doctype HTML PUBLIC "-//W3C//DTD HTML 4.01//EN"><p>', "text/html"),
    (b"\xef\xbb\xbf  <HTML><BODY>Access Denied", "text/html"),
    (b"<!-- saved --> <html>", "text/html"),
    (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "text/html"),
    (b"<table><tr><td>1</td></tr></table>", "text/html"),
    ("<html><body>".encode("utf-16"), "text/html"),
    (b'<?xml version="1.0"?><xbrli:xbrl xmlns:xbrli="x">', "application/xml"),
    (b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'b'>]><r/>", "application/xml"),
    (b"<xbrl>", "application/xml"),
    (b"<?xml version='1.0'?><a/>", "application/xml"),
    (b"<filing><name>A</name></filing>", "application/xml"),
    (b"<?xml version='1.0'?><!-- never closed", "application/xml"),
    (b"PK\x03\x04rest", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff\xe0", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    ("कंपनी की सूचना\n".encode(), "text/plain"),
    (b"3 < 4 and more\n", "text/plain"),
    (b"\x00\x01\x02\x03", "application/octet-stream"),
    (b"", "application/x-empty"),
]


@pytest.mark.parametrize(("head", "media_type"), KINDS)
def test_the_first_bytes_tell_the_media_type(head: bytes, media_type: str) -> None:
    assert sniff(head) == media_type


def test_a_name_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "results.pdf"
    path.write_bytes(b"<html><body>Access Denied</body></html>")

    assert sniff_file(path) == "text/html"


def test_a_page_that_only_mentions_pdf_stays_a_page() -> None:
    assert sniff(b"<html><body>%PDF-1.4</body></html>") == "text/html"


@given(st.binary(max_size=300))
def test_any_bytes_have_a_media_type(head: bytes) -> None:
    assert "/" in sniff(head)


@given(st.text(alphabet="<>!?-[]ahtmlxd \n", max_size=200))
def test_any_broken_markup_has_a_media_type(text: str) -> None:
    assert "/" in sniff(text.encode())


@pytest.mark.parametrize("char", [*map(chr, range(32)), "\x7f", "\u0915", "\ufffd"])
def test_a_text_holds_no_character_that_no_keyboard_types(char: str) -> None:
    is_text = char in "\t\n\r\f\x7f\u0915"

    assert sniff(f"a{char}b".encode()) == ("text/plain" if is_text else "application/octet-stream")
