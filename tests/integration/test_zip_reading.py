"""The files of a zip attachment are pages of one document; an archive that means harm is flagged, not followed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import pdf_bytes
from tests.pdf_bytes import TEXT, written
from tests.zip_bytes import locked_zip, nested_zips, zip_bomb, zip_of, zip_that_lies, zip_with_link

from backfin.documents.extract import MAX_TABLES
from backfin.documents.reading import Reader, built_in_readers
from backfin.documents.tesseract import Tesseract
from backfin.models import Method
from backfin.settings import DocumentSettings
from backfin.testing.pdf import Page, Table, make_pdf, scanned

XML = b"<?xml version='1.0'?><a><b>5</b></a>"
ROWS = (
    ("Name", "Shares", "Percent"),
    ("Asha", "1,000", "10.50"),
    ("Bimal", "2,000", "21.00"),
    ("Chitra", "3,000", "31.50"),
)


def test_members_follow_each_other_as_pages(reader: Reader, tmp_path: Path) -> None:
    table = make_pdf([Page([Table(ROWS, widths=(2, 1, 1))])])
    data = zip_of(("a.pdf", pdf_bytes.pdf_of_texts([TEXT], ["two"])), ("b.xml", XML), ("c.pdf", table))

    document = reader.read(written(tmp_path, data))

    assert document.media_type == "application/zip"
    assert [page.text for page in document.pages[:3]] == [TEXT, "two", "b: 5"]
    assert (document.page_count, document.flags, document.method) == (4, (), Method.TEXT)
    assert [(table.page, table.rows) for table in document.tables] == [(4, ROWS)]


def test_what_cannot_be_read_inside_is_flagged_and_the_rest_is_read(reader: Reader, tmp_path: Path) -> None:
    data = zip_of(("a.jpg", b"\xff\xd8\xff"), ("empty.txt", b""), ("folder/", b""), ("b.xml", XML))

    document = reader.read(written(tmp_path, data))

    assert [page.text for page in document.pages] == ["b: 5"]
    assert document.flags == ("unread_member",)


HARMFUL: dict[str, tuple[Callable[[], bytes], tuple[str, ...], int]] = {
    "outside its folder": (lambda: zip_of(("../../etc/a.xml", XML)), ("unsafe_archive",), 0),
    "at the root": (lambda: zip_of(("/etc/a.xml", XML)), ("unsafe_archive",), 0),
    "on a drive": (lambda: zip_of(("C:\\a.xml", XML)), ("unsafe_archive",), 0),
    "a link": (lambda: zip_with_link("/etc/passwd"), ("unsafe_archive",), 0),
    "a bomb": (lambda: zip_bomb(64 << 20), ("unread_member", "unsafe_archive"), 0),
    "too many members": (lambda: zip_of(*((f"{n}.xml", XML) for n in range(300))), ("unsafe_archive",), 200),
    "an archive in each of five": (lambda: nested_zips(5, XML), ("unsafe_archive",), 0),
    "a lie about its size": (lambda: zip_that_lies(XML * 50), ("broken", "unread_member"), 0),
    "locked": (lambda: locked_zip("a.xml", XML), ("encrypted", "unread_member"), 0),
    "no members": (zip_of, ("empty",), 0),
    "an office file": (lambda: zip_of(("[Content_Types].xml", XML), ("a.xml", XML)), ("wrong_type",), 0),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_an_archive_that_means_harm_says_so(reader: Reader, tmp_path: Path, name: str) -> None:
    make, flags, pages = HARMFUL[name]

    document = reader.read(written(tmp_path, make()))

    assert (document.flags, len(document.pages)) == (flags, pages)
    assert not (tmp_path.parent / "etc").exists()


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_that_unpacks_all_at_once_is_left_and_the_rest_is_read(
    reader: Reader, tmp_path: Path, packing: int
) -> None:
    path = written(tmp_path, zip_of(("b.xml", XML)))
    with zipfile.ZipFile(path, "a", packing) as archive:
        archive.writestr("bomb.xml", b" " * (64 << 20))

    document = reader.read(path)

    assert ([page.text for page in document.pages], document.flags) == (["b: 5"], ("unread_member",))


def test_members_with_very_many_tables_bring_what_a_file_may_bring(reader: Reader, tmp_path: Path) -> None:
    page = b"<table><tr><td>a<td>1</tr><tr><td>b<td>2</tr></table>" * (MAX_TABLES - 500)

    document = reader.read(written(tmp_path, zip_of(("a.html", page), ("b.html", page))))

    assert (len(document.pages), len(document.tables), document.flags) == (2, MAX_TABLES, ())
    assert document.tables[-1].page == 2


def test_an_archive_in_an_archive_is_read(reader: Reader, tmp_path: Path) -> None:
    document = reader.read(written(tmp_path, nested_zips(2, XML)))

    assert ([page.text for page in document.pages], document.flags) == (["b: 5"], ())


def test_a_cut_archive_is_broken(reader: Reader, tmp_path: Path) -> None:
    whole = zip_of(("a.xml", XML * 40), ("b.xml", XML))

    for share in range(10, 100, 10):
        document = reader.read(written(tmp_path, whole[: len(whole) * share // 100]))
        assert (share, document.method, document.flags) == (share, Method.NONE, ("broken",))


def test_limits_hold_for_all_members_together(tmp_path: Path) -> None:
    settings = DocumentSettings(ocr=False, max_pages=3)
    reader = Reader(built_in_readers(settings), settings)
    pdf = pdf_bytes.pdf_of_texts(["one"], ["two"])

    document = reader.read(written(tmp_path, zip_of(("a.pdf", pdf), ("b.pdf", pdf), ("c.pdf", pdf))))
    reader.close()

    assert [page.text for page in document.pages] == ["one", "two", "one"]
    assert document.flags == ("too_many_pages",)


def test_a_scan_inside_is_read_by_ocr(tesseract: Tesseract, tmp_path: Path) -> None:
    settings = DocumentSettings()
    reader = Reader(built_in_readers(settings), settings)
    scan = make_pdf(scanned(make_pdf(["The Board has approved the results of Saraswati Cables Limited."])))

    document = reader.read(written(tmp_path, zip_of(("a.xml", XML), ("b.pdf", scan))))
    reader.close()

    assert [page.method for page in document.pages] == [Method.TEXT, Method.OCR]
    assert "Saraswati Cables" in document.pages[1].text
