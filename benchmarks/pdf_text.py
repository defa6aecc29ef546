"""Text of PDFs: plain pypdfium2 in a fresh interpreter against backfin's reader processes, turn by turn.

Prints one JSON object: pages a second of both (medians over the rounds), the ratios, and peak memory.
``backfin`` reads one file at a time, as plain pypdfium2 does, tables rebuilt; ``backfin_parallel`` keeps every
reader busy; ``without_tables`` leaves the tables out. What is done with pictures of pages (OCR, and the comparison of
a layer with its scan, which takes some 80 ms a page) is left out everywhere: ``--ocr`` times it alone. Starting the
interpreter, or the first reader, is outside the clock on both sides.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from backfin.documents.pool import ReaderPool
from backfin.documents.readers import PdfReader
from backfin.models import Document, Method
from backfin.settings import DocumentSettings
from backfin.testing.pdf import make_pdf

PROJECT = Path(__file__).resolve().parents[1]
RECORDED = PROJECT.parent / "shared" / "fixtures" / "pdf"

PLAIN = """
import json, sys, time
import pypdfium2
pages = 0
began = time.perf_counter()
for path in sys.argv[1:]:
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            text = page.get_textpage()
            text.get_text_range()
            text.close()
            page.close()
            pages += 1
seconds = time.perf_counter() - began
print(json.dumps({"pages": pages, "seconds": seconds}), flush=True)
sys.stdin.read()
"""


def main() -> None:
    """Runs the rounds and prints the result."""
    options = _options()
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or (RECORDED if RECORDED.is_dir() else _generate(Path(made)))
        files = sorted(folder.glob("*.pdf"))
        found = {
            "folder": os.path.relpath(folder, PROJECT),
            "files": len(files),
            **_measure(files, options.rounds),
        }
        if options.ocr:
            found |= _measure_ocr(files)
        print(json.dumps(found, indent=2))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, help="PDFs to read; recorded or generated ones by default"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ocr", action="store_true", help="time OCR too, on the pages that need it")
    parser.add_argument("--smoke", action="store_true", help="one small round, to see that it runs")
    options = parser.parse_args()
    if options.smoke:
        options.rounds = 1
    return options


def _measure(files: Sequence[Path], rounds: int) -> dict[str, float]:
    settings = DocumentSettings(ocr=False)
    pool, bare_pool = ReaderPool(settings), ReaderPool(settings.model_copy(update={"tables": False}))
    reader, bare = PdfReader(pool, settings), PdfReader(bare_pool, settings)
    with ThreadPoolExecutor(settings.processes) as threads:
        speeds: dict[str, list[float]] = {
            "plain": [],
            "backfin": [],
            "backfin_parallel": [],
            "without_tables": [],
        }
        plain_peaks, reader_peaks = [], []
        for one in (reader, bare):  # starts the processes
            list(threads.map(lambda path, one=one: _read(one, path), files[: settings.processes]))
        for _ in range(rounds):
            speed, peak = _plain(files)
            speeds["plain"].append(speed)
            plain_peaks.append(peak)
            speeds["backfin"].append(_timed(lambda: [_read(reader, path) for path in files]))
            speeds["backfin_parallel"].append(
                _timed(lambda: list(threads.map(lambda path: _read(reader, path), files)))
            )
            speeds["without_tables"].append(_timed(lambda: [_read(bare, path) for path in files]))
            reader_peaks.append(max(_peak_bytes(pid) for pid in pool.pids()))
    pool.close()
    bare_pool.close()
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    return {
        **{f"{name}_pages_per_s": round(median, 1) for name, median in medians.items()},
        "ratio": round(statistics.median(map(_quotient, speeds["backfin"], speeds["plain"])), 3),
        "ratio_parallel": round(
            statistics.median(map(_quotient, speeds["backfin_parallel"], speeds["plain"])), 3
        ),
        "ratio_without_tables": round(
            statistics.median(map(_quotient, speeds["without_tables"], speeds["plain"])), 3
        ),
        "plain_peak_mib": _mib(max(plain_peaks)),
        "one_reader_peak_mib": _mib(max(reader_peaks)),
        "readers": settings.processes,
        "rounds": rounds,
    }


def _measure_ocr(files: Sequence[Path]) -> dict[str, float]:
    settings = DocumentSettings()
    pool = ReaderPool(settings)
    reader = PdfReader(pool, settings)
    began, pages = time.perf_counter(), 0
    for path in files:
        pages += sum(page.method is Method.OCR for page in _read(reader, path).pages)
    pool.close()
    return {"ocr_pages": pages, "ocr_s": round(time.perf_counter() - began, 1)}


def _read(reader: PdfReader, path: Path) -> Document:
    return reader.read(path, "application/pdf")


def _timed(read_all: Callable[[], Sequence[Document]]) -> float:
    began = time.perf_counter()
    documents = read_all()
    return sum(document.page_count for document in documents) / (time.perf_counter() - began)


def _plain(files: Sequence[Path]) -> tuple[float, int]:
    command = [sys.executable, "-c", PLAIN, *map(str, files)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        found = json.loads(run.stdout.readline())
        peak_bytes = _peak_bytes(run.pid)
    return found["pages"] / found["seconds"], peak_bytes


def _peak_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return int(psutil.Process(pid).memory_info().rss)
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def _quotient(ours: float, theirs: float) -> float:
    return ours / theirs


def _mib(size_bytes: int) -> float:
    return round(size_bytes / 2**20, 1)


def _generate(folder: Path) -> Path:
    """Forty made filings of ten pages each."""
    words = "The Board of Directors approved the unaudited financial results for the quarter. " * 20
    for number in range(40):
        (folder / f"{number:02}.pdf").write_bytes(make_pdf([f"{number} {words}"] * 10))
    return folder


if __name__ == "__main__":
    main()
