"""Every file ends as a document: read, or with a flag that says why not, however hostile it is."""

from __future__ import annotations

import csv
import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from tests import pdf_bytes
from tests.pdf_bytes import SLOW, TEXT, written

from backfin.documents.reading import Reader
from backfin.errors import UnreadableDocument
from backfin.models import Method

MakeReader = Callable[..., Reader]


def test_recorded_filings_are_read_as_labelled(reader: Reader, shared: Path) -> None:
    with (shared / "fixtures/labelled/pdf_labels.csv").open() as file:
        labels = list(csv.DictReader(file))
    methods = {"text layer": Method.TEXT, "mixed": Method.TEXT, "image only": Method.NONE}

    documents = {row["file"]: reader.read(shared / "fixtures" / row["file"]) for row in labels}

    assert len(documents) == 48
    for row in labels:
        document = documents[row["file"]]
        assert (row["file"], document.page_count) == (row["file"], int(row["pages"]))
        assert (row["file"], document.method) == (row["file"], methods[row["text_layer"]])
        wants_ocr = row["text_layer"] != "text layer" or "garbled" in document.flags
        assert (row["file"], "needs_ocr" in document.flags) == (row["file"], wants_ocr)
        assert document.document_id == row["sha256"]


def test_recorded_text_is_what_pypdfium2_gives(reader: Reader, shared: Path) -> None:
    path = shared / "fixtures/pdf/532540_tcs_press_release_2025-06-03.pdf"
    with pypdfium2.PdfDocument(path) as pdf:
        plain = [page.get_textpage().get_text_range().replace("\r", "") for page in pdf]

    document = reader.read(path)

    assert [page.text.replace("-", "") for page in document.pages] == [
        text.replace("\ufffe", "").replace("-", "") for text in plain
    ]


def test_lines_and_pages_are_kept(reader: Reader, tmp_path: Path) -> None:
    path = written(tmp_path, pdf_bytes.pdf_of_texts([TEXT, "second line"], ["Second page"]))

    document = reader.read(path)

    assert [(page.number, page.text, page.method) for page in document.pages] == [
        (1, f"{TEXT}\nsecond line", Method.TEXT),
        (2, "Second page", Method.TEXT),
    ]
    assert document.document_id == hashlib.sha256(path.read_bytes()).hexdigest()
    assert document.size_bytes == path.stat().st_size
    assert document.flags == ()


def test_a_scan_asks_for_ocr(reader: Reader, tmp_path: Path) -> None:
    document = reader.read(written(tmp_path, pdf_bytes.pdf_of_contents([pdf_bytes.PICTURE])))

    assert (document.method, document.flags) == (Method.NONE, ("scanned", "needs_ocr"))


def test_a_mixed_file_is_judged_page_by_page(reader: Reader, tmp_path: Path) -> None:
    text = pdf_bytes.stream(pdf_bytes.text_operators([TEXT]))
    path = written(tmp_path, pdf_bytes.pdf_of_contents([text, pdf_bytes.PICTURE, pdf_bytes.BLANK]))

    document = reader.read(path)

    assert [page.method for page in document.pages] == [Method.TEXT, Method.NONE, Method.NONE]
    assert (document.method, document.flags) == (Method.TEXT, ("needs_ocr",))


def test_a_blank_page_needs_no_ocr(reader: Reader, tmp_path: Path) -> None:
    text = pdf_bytes.stream(pdf_bytes.text_operators([TEXT]))

    document = reader.read(written(tmp_path, pdf_bytes.pdf_of_contents([text, pdf_bytes.BLANK])))

    assert document.flags == ()


def test_html_named_pdf_is_read_as_html(reader: Reader, tmp_path: Path) -> None:
    document = reader.read(written(tmp_path, "<html><body><p>कंपनी</p></body></html>".encode()))

    assert (document.media_type, document.pages[0].text) == ("text/html", "कंपनी")


def test_xml_is_read(reader: Reader, tmp_path: Path) -> None:
    document = reader.read(written(tmp_path, b"<?xml version='1.0'?><a><b>5</b></a>"))

    assert (document.media_type, document.pages[0].text) == ("application/xml", "b: 5")


@pytest.mark.parametrize(
    ("data", "flag"),
    [
        (b"", "empty"),
        (b"\x1f\x8b\x08", "wrong_type"),
        (b"\x00\x01", "wrong_type"),
        (b"plain words", "wrong_type"),
    ],
)
def test_what_no_reader_takes_says_so(reader: Reader, tmp_path: Path, data: bytes, flag: str) -> None:
    document = reader.read(written(tmp_path, data))

    assert (document.method, document.flags, document.size_bytes) == (Method.NONE, (flag,), len(data))


def test_a_missing_file_is_an_error(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="check the path"):
        reader.read(tmp_path / "none.pdf")


def test_a_name_that_is_no_unicode_is_no_obstacle(reader: Reader, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 \n.pdf"))
    path.write_bytes(pdf_bytes.pdf_of_texts([TEXT]))

    assert reader.read(path).pages[0].text == TEXT


def test_a_cut_file_is_broken(reader: Reader, tmp_path: Path) -> None:
    whole = pdf_bytes.pdf_of_texts([TEXT], [TEXT])

    for share in range(5, 100, 10):
        document = reader.read(written(tmp_path, whole[: len(whole) * share // 100]))
        assert (share, document.method, document.flags) == (share, Method.NONE, ("broken",))


def test_an_encrypted_file_says_so(reader: Reader, tmp_path: Path) -> None:
    document = reader.read(written(tmp_path, pdf_bytes.encrypted()))

    assert (document.method, document.flags) == (Method.NONE, ("encrypted",))


def test_a_page_tree_that_bites_its_tail_is_broken(reader: Reader, tmp_path: Path) -> None:
    document = reader.read(written(tmp_path, pdf_bytes.page_tree_cycle()))

    assert (document.method, document.flags) == (Method.NONE, ("broken",))


def test_a_lie_about_the_number_of_pages_is_harmless(reader: Reader, tmp_path: Path) -> None:
    text = pdf_bytes.stream(pdf_bytes.text_operators([TEXT]))

    document = reader.read(written(tmp_path, pdf_bytes.pdf_of_contents([text], count=10**9)))

    assert (document.page_count, document.method) == (1, Method.TEXT)


def test_too_many_pages_are_cut_and_counted(make_reader: MakeReader, tmp_path: Path) -> None:
    text = pdf_bytes.stream(pdf_bytes.text_operators(["again"]))
    path = written(tmp_path, pdf_bytes.pdf_of_contents([text], count=10_000, kids=b"5 0 R " * 10_000))

    document = make_reader(max_pages=20).read(path)

    assert (document.page_count, len(document.pages), document.flags) == (10_000, 20, ("too_many_pages",))


def test_too_much_text_is_cut_and_says_so(make_reader: MakeReader, tmp_path: Path) -> None:
    path = written(tmp_path, pdf_bytes.pdf_of_texts(["abcdef"], ["ghijkl"], ["mnopqr"]))

    document = make_reader(max_chars=8, ocr=False).read(path)

    assert [page.text for page in document.pages] == ["abcdef", "gh"]
    assert (document.page_count, document.flags) == (3, ("too_large",))


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(lambda: pdf_bytes.flate_bomb(512 << 20), id="deflate bomb"),
        pytest.param(lambda: pdf_bytes.double_flate_bomb(1 << 30), id="double deflate bomb"),
        pytest.param(lambda: pdf_bytes.many_text_operators(16 << 20), id="text operators"),
        pytest.param(lambda: SLOW, id="forms in forms"),
    ],
)
def test_a_bomb_costs_one_reader_and_the_next_file_is_read(
    make_reader: MakeReader, tmp_path: Path, bomb: Callable[[], bytes]
) -> None:
    reader = make_reader(processes=1, max_memory_bytes=192 << 20, timeout=10)
    path = written(tmp_path, bomb(), "bomb.pdf")

    began = time.monotonic()
    document = reader.read(path)
    took_s = time.monotonic() - began

    assert document.method is Method.NONE
    assert document.flags in (("crashed_reader",), ("timed_out",))
    assert took_s < 12
    assert reader.read(written(tmp_path, pdf_bytes.pdf_of_texts([TEXT]))).pages[0].text == TEXT


def test_a_file_that_takes_too_long_is_stopped(make_reader: MakeReader, tmp_path: Path) -> None:
    reader = make_reader(processes=1, timeout=0.5)

    began = time.monotonic()
    document = reader.read(written(tmp_path, SLOW))

    assert document.flags == ("timed_out",)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("processes", [1, 2])
def test_a_file_of_too_many_heavy_pages_keeps_those_that_were_read_in_time(
    make_reader: MakeReader, tmp_path: Path, processes: int
) -> None:
    reader = make_reader(processes=processes, timeout=4)
    words = b"".join(b"BT /F1 9 Tf 1 0 0 1 %d %d Tm (word) Tj ET\n" % (n % 550, n % 800) for n in range(5000))
    content = pdf_bytes.stream(words)
    pdf = pdf_bytes.pdf_of_contents([content], count=2000, kids=b"5 0 R " * 2000)
    reader.read(written(tmp_path, pdf_bytes.pdf_of_texts([TEXT])))

    document = reader.read(written(tmp_path, pdf))

    assert "timed_out" in document.flags
    assert document.page_count == 2000
    assert 0 < len(document.pages) < 2000
    assert {page.text for page in document.pages} == {document.pages[0].text}
    assert "word" in document.pages[0].text


def test_html_that_needs_more_memory_than_allowed_is_stopped(make_reader: MakeReader, tmp_path: Path) -> None:
    reader = make_reader(max_memory_bytes=256 << 20)

    document = reader.read(written(tmp_path, b"<html><body>" + b"<p>x</p>" * 4_000_000))

    assert document.method is Method.NONE
    assert set(document.flags) <= {"too_large", "crashed_reader", "broken"}


def test_a_file_whose_key_is_known_is_not_hashed_again(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, pdf_bytes.pdf_of_texts([TEXT]))
    document = reader.read(path)
    monkeypatch.setattr("backfin.documents.readers.measure", None)

    assert reader.read_shared(document.document_id, path) == document
