"""Files that mean harm end as documents that say so, within the limits, and the next file is read."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests import pdf_bytes
from tests.pdf_bytes import TEXT, written
from tests.zip_bytes import zip_of

from backfin.documents.reading import Reader, built_in_readers
from backfin.models import Document, Method
from backfin.settings import DocumentSettings

#: Secret of this machine that no file may bring into a text.
PASSWD = Path("/etc/passwd")


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """A reader with little memory and time, so that limits speak soon."""
    settings = DocumentSettings(max_memory_bytes=512 << 20, timeout=15, processes=1)
    made = Reader(built_in_readers(settings), settings)
    yield made
    made.close()


def read(reader: Reader, folder: Path, data: bytes) -> Document:
    """The document of these bytes; whatever it is, an honest file is read after it."""
    document = reader.read(written(folder, data, "hostile"))
    honest = reader.read(written(folder, pdf_bytes.pdf_of_texts([TEXT]), "honest.pdf"))
    assert honest.pages[0].text == TEXT
    return document


STOPPED = {"crashed_reader", "timed_out", "too_large", "broken", "empty", "needs_ocr", "scanned"}


def object_stream_loop() -> bytes:
    """A file whose page tree stands in an object stream that stands in itself."""
    body = b"1 0 2 40 << /Type /Catalog /Pages 2 0 R >>      << /Type /Pages /Kids [2 0 R] /Count 1 >>"
    entries = b"/Type /ObjStm /N 2 /First 9 /Extends 3 0 R"
    out = bytearray(b"%PDF-1.7\n")
    at = len(out)
    out += b"3 0 obj\n" + pdf_bytes.stream(body, entries) + b"\nendobj\n"
    start = len(out)
    rows = (
        b"\x00\x00\x00\xff"
        + b"\x02\x00\x03\x00"
        + b"\x02\x00\x03\x01"
        + b"\x01"
        + at.to_bytes(2, "big")
        + b"\x00"
    )
    rows += b"\x01" + start.to_bytes(2, "big") + b"\x00"
    table = b"/Type /XRef /W [1 2 1] /Size 5 /Root 1 0 R /Prev %d" % start
    out += b"4 0 obj\n" + pdf_bytes.stream(rows, table) + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def huge_picture() -> bytes:
    """A page that is a picture of sixteen thousand million dots."""
    pdf = pdf_bytes.pdf_of_contents([pdf_bytes.PICTURE])
    return pdf.replace(b"/Width 1 /Height 1 ", b"/Width 130000 /Height 130000 ")


def huge_page() -> bytes:
    """A scan on a page as large as a field."""
    pdf = pdf_bytes.pdf_of_contents([pdf_bytes.stream(b"q 9000000 0 0 9000000 0 0 cm /I1 Do Q\n")])
    return pdf.replace(b"[0 0 595 842]", b"[0 0 9000000 9000000]")


def with_actions() -> bytes:
    """A file that would run a script and a program when it is opened."""
    actions = (
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /AA << /WC "
    )
    actions += b"<< /S /Launch /F (/bin/sh) >> >> >>"
    return pdf_bytes.pdf_of_texts([TEXT]).replace(b"<< /Type /Catalog /Pages 2 0 R >>", actions)


def nested_arrays() -> bytes:
    """A catalogue with a hundred thousand brackets."""
    deep = b"[" * 100_000 + b"]" * 100_000
    return pdf_bytes.pdf_of_texts([TEXT]).replace(b"/Type /Catalog", b"/Type /Catalog /Names " + deep)


def chain_of_filters() -> bytes:
    """A page whose content is packed a thousand times over, by its own word."""
    chain = b"[" + b"/FlateDecode " * 1000 + b"]"
    return pdf_bytes.pdf_of_contents([pdf_bytes.stream(zlib.compress(b"x"), b"/Filter " + chain)])


def font_in_itself() -> bytes:
    """A type 3 font whose letters are set in the font itself."""
    glyph = pdf_bytes.stream(b"1000 0 0 0 750 750 d1 BT /F1 1 Tf (aaaaaaaa) Tj ET\n")
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 750 750] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 97"
        b" /LastChar 97 /Widths [1000] /Encoding << /Differences [97 /a] >> /CharProcs << /a 4 0 R >>"
        b" /Resources << /Font << /F1 3 0 R >> >> >>"
    )
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R"
    page += b" /Resources << /Font << /F1 3 0 R >> >> >>"
    return pdf_bytes.pdf_of_objects(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
            font,
            glyph,
            page,
            pdf_bytes.stream(b"BT /F1 12 Tf 72 700 Td (aaaaaaaa) Tj ET\n"),
        ]
    )


def form_in_itself() -> bytes:
    """A form that draws itself."""
    return pdf_bytes.nested_forms(1).replace(b"/XObject << /X 6 0 R >>", b"/XObject << /X 5 0 R >>")


def page_tree_of_pairs() -> bytes:
    """A page tree whose every node names the next one twice: a thousand million leaves."""
    levels = 30
    nodes = [
        b"<< /Type /Pages /Count %d /Kids [%d 0 R %d 0 R] >>" % (2 ** (levels - at), at + 3, at + 3)
        for at in range(levels)
    ]
    leaf = b"<< /Type /Page /MediaBox [0 0 595 842] >>"
    return pdf_bytes.pdf_of_objects([b"<< /Type /Catalog /Pages 2 0 R >>", *nodes, leaf])


def deep_page_tree() -> bytes:
    """A page under two hundred thousand nodes."""
    nodes = [b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % (at + 3) for at in range(200_000)]
    leaf = b"<< /Type /Page /MediaBox [0 0 595 842] >>"
    return pdf_bytes.pdf_of_objects([b"<< /Type /Catalog /Pages 2 0 R >>", *nodes, leaf])


def with_cmap(cmap: bytes) -> bytes:
    """A page whose letters mean what a map in the file says."""
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode"
    letters = (
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering"
        b" (Identity) /Supplement 0 >> >>"
    )
    return pdf_bytes.pdf_of_objects(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
            b" /Resources << /Font << /F1 4 0 R >> >> >>",
            font + b" 7 0 R >>",
            pdf_bytes.stream(b"BT /F1 12 Tf 72 700 Td <" + b"0041004200430044" * 20 + b"> Tj ET\n"),
            letters,
            pdf_bytes.deflated(cmap),
        ]
    )


def with_picture(filters: bytes, data: bytes, side: int = 60_000) -> bytes:
    """A page that is one huge picture, packed in a way of its own."""
    size = b"/Width %d /Height %d /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter " % (side, side)
    picture = pdf_bytes.stream(data, b"/Type /XObject /Subtype /Image " + size + filters)
    page = pdf_bytes.pdf_of_contents([pdf_bytes.stream(b"q 595 0 0 842 0 0 cm /I2 Do Q\n"), picture])
    return page.replace(b"/I1 4 0 R", b"/I2 8 0 R").replace(b"/Kids [5 0 R 7 0 R]", b"/Kids [5 0 R      ]")


def jbig2_of_regions() -> bytes:
    """Fifty regions as large as the picture, of a few bytes each."""
    side = (60_000).to_bytes(4, "big") * 2

    def segment(number: int, kind: int, data: bytes) -> bytes:
        return number.to_bytes(4, "big") + bytes([kind, 0, 1]) + len(data).to_bytes(4, "big") + data

    region = side + bytes(10) + bytes([3, 255, 253, 255, 2, 254, 254, 254]) + bytes(20)
    return segment(0, 48, side + bytes(11)) + b"".join(segment(n, 38, region) for n in range(1, 51))


def white_text_on(box: bytes) -> bytes:
    """White text on a page of some size, which has to be drawn to be judged."""
    content = pdf_bytes.text_operators([TEXT]) + b"1 1 1 rg " + pdf_bytes.text_operators(["white on white"])
    return pdf_bytes.pdf_of_contents([pdf_bytes.stream(content)]).replace(b"[0 0 595 842]", box)


PDFS: dict[str, Callable[[], bytes]] = {
    "an object stream in itself": object_stream_loop,
    "a page tree in itself": pdf_bytes.page_tree_cycle,
    "a picture of huge size": huge_picture,
    "a page of huge size": huge_page,
    "brackets without end": nested_arrays,
    "a chain of filters": chain_of_filters,
    "a font in itself": font_in_itself,
    "a form in itself": form_in_itself,
    "a bomb": lambda: pdf_bytes.flate_bomb(512 << 20),
    "a bomb in a bomb": lambda: pdf_bytes.double_flate_bomb(1 << 30),
    "300 MB of text": lambda: pdf_bytes.many_text_operators(300 << 20),
    "forms in forms": lambda: pdf_bytes.SLOW,
    "locked": pdf_bytes.encrypted,
    "nothing but its name": lambda: b"%PDF-1.7\n",
    "a page tree of pairs": page_tree_of_pairs,
    "a deep page tree": deep_page_tree,
    "a thousand million pages by its word": lambda: pdf_bytes.pdf_of_contents(
        [pdf_bytes.stream(pdf_bytes.text_operators([TEXT]))], count=10**9
    ),
    "fewer than no pages by its word": lambda: pdf_bytes.pdf_of_contents(
        [pdf_bytes.stream(pdf_bytes.text_operators([TEXT]))], count=-5
    ),
    "a map of all letters, many times": lambda: with_cmap(
        b"100 beginbfrange\n" + b"<0000> <ffff> <0041>\n" * 300_000 + b"endbfrange\n"
    ),
    "a map of letters to halves of letters": lambda: with_cmap(
        b"4 beginbfchar <0041> <d83d> <0042> <de00> <0043> <dc00d83d> <0044> <ffff> endbfchar\n"
    ),
    "a letter that means a book": lambda: with_cmap(
        b"1 beginbfchar <0041> <" + b"0061" * 100_000 + b"> endbfchar\n"
    ),
    "white text on a page of no size": lambda: white_text_on(b"[0 0 0.001 14400000]"),
    "white text on a page of endless size": lambda: white_text_on(b"[0 0 14400000 14400000]"),
    "white text on a page of sizes that are none": lambda: white_text_on(b"[-1e38 1e38 nan inf]"),
    "a picture of JBIG2 regions": lambda: with_picture(b"/JBIG2Decode", jbig2_of_regions()),
    "a picture that is no JPEG 2000": lambda: with_picture(b"/JPXDecode", b"\xff\x4f\xff\x51" + bytes(200)),
    "a picture of white lines": lambda: with_picture(
        b"/CCITTFaxDecode /DecodeParms << /K -1 /Columns 60000 /Rows 60000 >>", bytes(100)
    ),
    "states saved without end": lambda: pdf_bytes.pdf_of_contents(
        [pdf_bytes.deflated(b"q " * 2_000_000 + pdf_bytes.text_operators([TEXT]))]
    ),
    "cuts without end": lambda: pdf_bytes.pdf_of_contents(
        [pdf_bytes.deflated(b"0 0 590 840 re W n\n" * 50_000 + pdf_bytes.text_operators([TEXT]))]
    ),
    "a thousand grounds under as many texts": lambda: pdf_bytes.pdf_of_contents(
        [
            pdf_bytes.deflated(
                b"0.9 g 0 0 595 842 re f\n" * 500
                + b"1 g\n"
                + b"".join(b"BT /F1 9 Tf %d %d Td (word) Tj ET\n" % (n % 500, n % 800) for n in range(5000))
                + b"0.5 g 0 0 590 840 re f\n" * 500
            )
        ]
    ),
    "noise": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 4000,
}


@pytest.mark.parametrize("name", PDFS)
def test_a_hostile_pdf_ends_in_a_stated_result(reader: Reader, tmp_path: Path, name: str) -> None:
    document = read(reader, tmp_path, PDFS[name]())

    assert document.media_type == "application/pdf"
    assert document.method in (Method.NONE, Method.TEXT)
    # Some of it PDFium sees through: then the text is there.
    assert document.flags or document.pages[0].text
    assert set(document.flags) <= {*STOPPED, "encrypted", "garbled", "hidden_text"}


def test_a_hundred_thousand_pages_are_cut(reader: Reader, tmp_path: Path) -> None:
    text = pdf_bytes.stream(pdf_bytes.text_operators(["again"]))
    pdf = pdf_bytes.pdf_of_contents([text], count=100_000, kids=b"5 0 R " * 100_000)

    document = read(reader, tmp_path, pdf)

    assert (document.page_count, len(document.pages)) == (100_000, 2000)
    assert "too_many_pages" in document.flags


def test_scripts_and_programs_in_a_file_are_not_run(reader: Reader, tmp_path: Path) -> None:
    document = read(reader, tmp_path, with_actions())

    assert (document.pages[0].text, document.flags) == (TEXT, ())


@pytest.mark.parametrize("share", range(10, 100, 10))
def test_a_cut_pdf_says_that_it_is_broken(reader: Reader, tmp_path: Path, share: int) -> None:
    pages = [pdf_bytes.deflated(pdf_bytes.text_operators([TEXT, str(n)])) for n in range(20)]
    whole = pdf_bytes.pdf_of_contents(pages)

    document = read(reader, tmp_path, whole[: len(whole) * share // 100])

    assert "broken" in document.flags
    assert document.method is Method.NONE or share > 50


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(12))
MARKUP: dict[str, bytes] = {
    "entities of entities": f"<?xml version='1.0'?><!DOCTYPE a [{ENTITIES}]><a><b>&e11;</b><c>5</c></a>".encode(),
    "one long entity many times": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e \"" + b"x" * 100_000 + b'">]><a>'
    + b"&e;" * 10_000 + b"<c>5</c></a>",
    "a file of this machine": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    b"<a><b>&e;</b><c>5</c></a>",
    "a file by a parameter": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'
    b"<a><c>5</c></a>",
    "a file included": b'<?xml version="1.0"?><a xmlns:xi="http://www.w3.org/2001/XInclude">'
    b'<xi:include href="file:///etc/passwd" parse="text"/><c>5</c></a>',
    "a rule set elsewhere": b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a><c>5</c></a>',
    "a huge attribute": b'<?xml version="1.0"?><a><c>5</c><b x="' + b"y" * 20_000_000 + b'"/></a>',
    "very many attributes": b'<?xml version="1.0"?><a><c>5</c><b '
    + b" ".join(b'a%d="1"' % n for n in range(200_000)) + b"/></a>",
    "nesting without end": b'<?xml version="1.0"?><a><c>5</c>' + b"<b>" * 300_000,
    "nesting of a page without end": b"<html><body><p>c: 5</p>" + b"<div>" * 300_000,
    "a huge attribute of a page": b"<html><body><p>c: 5</p><p title='" + b"y" * 20_000_000 + b"'>",
    "a name without end": b"<html><body><p>c: 5</p><" + b"z" * 5_000_000,
    "cells without end": b"<html><body><p>c: 5</p><table><tr>" + b"<td>1" * 200_000,
    "cells over all columns": b"<html><body><p>c: 5</p><table>" + b"<tr><td colspan=999999 rowspan=65534>1<td>2" * 2000,
    "an encoding that is none": b"<?xml version='1.0' encoding='punycode'?><a>" + b"<c>5</c>" * 50_000 + b"-a</a>",
    "a codec for a charset": b"<html><meta charset='rot13'><body><p>c: 5</p>",
    "very many hidden facts": b"<html xmlns:ix='i'><body><ix:header><ix:hidden>" + b"<ix:a>root:</ix:a>" * 200_000
    + b"</ix:hidden></ix:header><p>c: 5</p>",
    "nested tables": b"<html><body><p>c: 5</p>" + b"<table><tr><td>" * 5000,
}  # fmt: skip


@pytest.mark.parametrize("name", MARKUP)
def test_hostile_markup_ends_in_a_stated_result(reader: Reader, tmp_path: Path, name: str) -> None:
    document = read(reader, tmp_path, MARKUP[name])

    text = "".join(page.text for page in document.pages)
    assert document.media_type in ("text/html", "application/xml")
    assert "c: 5" in text or set(document.flags) & STOPPED
    assert "root:" not in text
    assert "haha" * 1000 not in text


@pytest.mark.parametrize("share", range(10, 100, 10))
def test_cut_xml_says_that_it_is_broken_and_keeps_what_was_read(
    reader: Reader, tmp_path: Path, share: int
) -> None:
    whole = b"<?xml version='1.0'?><a>" + b"".join(b"<b>%d</b>" % n for n in range(500)) + b"</a>"

    document = read(reader, tmp_path, whole[: len(whole) * share // 100])

    assert document.flags == ("broken",)
    assert document.pages[0].text.startswith("b: 0\nb: 1\n")


POLYGLOTS: dict[str, tuple[bytes, str]] = {
    "a pdf with an archive behind it": (
        pdf_bytes.pdf_of_texts([TEXT]) + zip_of(("a.xml", b"<a/>")),
        "application/pdf",
    ),
    "a page that names a pdf": (b"<html><body>%PDF-1.7 " + TEXT.encode(), "text/html"),
    "an archive that starts like a pdf inside": (
        zip_of(("a.pdf", pdf_bytes.pdf_of_texts([TEXT])), stored=True),
        "application/zip",
    ),
    "a pdf behind rubbish": (b"\x00" * 500 + pdf_bytes.pdf_of_texts([TEXT]), "application/pdf"),
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_a_file_of_two_kinds_is_read_as_one(reader: Reader, tmp_path: Path, name: str) -> None:
    data, media_type = POLYGLOTS[name]

    document = read(reader, tmp_path, data)

    assert document.media_type == media_type
    assert [page.text for page in document.pages if TEXT in page.text] != []


WRONG = {
    "a picture named pdf": b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
    "a program": b"\x7fELF" + b"\x00" * 100,
    "an office file of old": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "a packed file": b"\x1f\x8b\x08\x00" + b"\x00" * 100,
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_of_another_kind_says_so(reader: Reader, tmp_path: Path, name: str) -> None:
    document = read(reader, tmp_path, WRONG[name])

    assert (document.method, document.flags) == (Method.NONE, ("wrong_type",))


def test_no_file_reads_another_one(reader: Reader, tmp_path: Path) -> None:
    if not PASSWD.exists():
        pytest.skip("no such file on this machine")
    first_line = PASSWD.read_text(encoding="utf-8").splitlines()[0]
    pdf = pdf_bytes.pdf_of_contents([pdf_bytes.stream(b"", b"/F (/etc/passwd) /FFilter /FlateDecode")])

    for data in (pdf, *MARKUP.values()):
        if len(data) < 1_000_000:
            document = reader.read(written(tmp_path, data))
            assert first_line not in "".join(page.text for page in document.pages)
