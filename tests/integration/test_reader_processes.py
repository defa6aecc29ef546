"""Reader processes come and go unnoticed: killed, recycled, shared, forked, orphaned, none is left behind."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
from tests import pdf_bytes
from tests.pdf_bytes import SLOW, TEXT, written

from backfin.documents.pool import ReaderPool
from backfin.errors import TransientError
from backfin.settings import DocumentSettings


@pytest.fixture
def pool() -> Iterator[ReaderPool]:
    """A pool of one process."""
    pool = ReaderPool(DocumentSettings(processes=1))
    yield pool
    pool.close()


def children() -> set[int]:
    """Processes of this one, zombies included."""
    return {child.pid for child in psutil.Process().children()}


def wait_until(is_so: Callable[[], bool], seconds: float = 10.0) -> None:
    """Returns when something became true."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.01)


def is_busy(pid: int) -> bool:
    """Whether a process works now."""
    try:
        return psutil.Process(pid).cpu_percent(0.05) > 20
    except psutil.NoSuchProcess:
        return False


def busy_pid(pool: ReaderPool) -> int:
    """The reader that works, waiting until one does."""
    found: list[int] = []

    def look() -> bool:
        found[:] = [pid for pid in pool.pids() if is_busy(pid)]
        return bool(found)

    wait_until(look)
    return found[0]


def test_nothing_starts_before_the_first_file() -> None:
    before = children()

    pool = ReaderPool(DocumentSettings())

    assert children() == before
    pool.close()


def test_a_reader_killed_while_it_reads_is_replaced_and_the_file_is_read(
    pool: ReaderPool, tmp_path: Path
) -> None:
    path = written(tmp_path, pdf_bytes.pdf_of_texts([TEXT]))
    pool.extract(path, "application/pdf")
    (first,) = pool.pids()
    os.kill(first, signal.SIGSTOP)

    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(pool.extract, path, "application/pdf")
        time.sleep(0.2)
        os.kill(first, signal.SIGKILL)
        found = reading.result()

    assert list(found.pages) == [TEXT]
    assert pool.pids() != [first]


def test_a_file_whose_reader_dies_twice_is_blamed(pool: ReaderPool, tmp_path: Path) -> None:
    pool.extract(written(tmp_path, pdf_bytes.pdf_of_texts([TEXT])), "application/pdf")
    slow = written(tmp_path, SLOW, "slow.pdf")

    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(pool.extract, slow, "application/pdf")
        for _ in range(2):
            killed = busy_pid(pool)
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda pid=killed: pid not in pool.pids())

    assert reading.result().flags == ["crashed_reader"]


def test_a_reader_that_died_idle_is_replaced(pool: ReaderPool, tmp_path: Path) -> None:
    path = written(tmp_path, pdf_bytes.pdf_of_texts([TEXT]))
    pool.extract(path, "application/pdf")
    os.kill(pool.pids()[0], signal.SIGKILL)

    found = pool.extract(path, "application/pdf")

    assert list(found.pages) == [TEXT]


def test_a_reader_is_replaced_after_its_share_of_files(tmp_path: Path) -> None:
    pool = ReaderPool(DocumentSettings(processes=1, recycle_after=3))
    path = written(tmp_path, pdf_bytes.pdf_of_texts([TEXT]))
    seen = []

    for _ in range(5):
        pool.extract(path, "application/pdf")
        seen.append(tuple(pool.pids()))
    pool.close()

    assert seen[0] == seen[1] != seen[3] == seen[4]
    assert seen[2] == ()


def test_a_reader_of_a_big_process_is_kept(pool: ReaderPool, tmp_path: Path) -> None:
    path = written(tmp_path, pdf_bytes.pdf_of_texts([TEXT]))
    ballast = b"x" * (400 << 20)
    pool.extract(path, "application/pdf")
    started = pool.pids()

    pool.extract(path, "application/pdf")

    assert len(ballast) > 0
    assert pool.pids() == started != []


def test_many_threads_share_few_readers(tmp_path: Path) -> None:
    pool = ReaderPool(DocumentSettings(processes=2))
    before = children()
    paths = [written(tmp_path, pdf_bytes.pdf_of_texts([f"{TEXT} {n}"]), f"{n}.pdf") for n in range(80)]

    with ThreadPoolExecutor(10) as threads:
        found = list(threads.map(lambda path: pool.extract(path, "application/pdf"), paths))

    assert [extract.pages[0] for extract in found] == [f"{TEXT} {n}" for n in range(80)]
    assert 1 <= len(children() - before) <= 2
    pool.close()


def long_pdf(folder: Path, pages: int = 9) -> Path:
    """A PDF that is worth two readers, with a table on its last page."""
    ballast = b"% " + b"x" * (1 << 17) + b"\n"
    texts = [[f"{TEXT} {n}"] for n in range(pages - 1)] + [[f"Item {n} {n}.00 {n}.50" for n in range(8)]]
    return written(folder, pdf_bytes.pdf_of_texts(*texts) + ballast, "long.pdf")


def test_a_long_file_is_shared_by_idle_readers_and_comes_back_whole(tmp_path: Path) -> None:
    alone, shared = ReaderPool(DocumentSettings(processes=1)), ReaderPool(DocumentSettings(processes=2))
    path = long_pdf(tmp_path)
    small = written(tmp_path, pdf_bytes.pdf_of_texts([TEXT]))
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: shared.extract(small, "application/pdf"), range(8)))

    found, expected = shared.extract(path, "application/pdf"), alone.extract(path, "application/pdf")
    alone.close()
    shared.close()

    assert len(found.pages) == 9
    assert found == expected


def test_limits_hold_for_a_shared_file(tmp_path: Path) -> None:
    pool = ReaderPool(DocumentSettings(processes=2, max_pages=5, max_chars=60))
    small = written(tmp_path, pdf_bytes.pdf_of_texts(["a"]))
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: pool.extract(small, "application/pdf"), range(8)))

    found = pool.extract(long_pdf(tmp_path), "application/pdf")
    pool.close()

    assert found.page_count == 9
    assert {"too_large", "too_many_pages"} <= set(found.flags)
    assert len(found.pages) <= 5


def test_a_reader_outlives_the_thread_that_started_it(pool: ReaderPool, tmp_path: Path) -> None:
    path = written(tmp_path, pdf_bytes.pdf_of_texts([TEXT]))
    thread = threading.Thread(target=pool.extract, args=(path, "application/pdf"))
    thread.start()
    thread.join()
    started = pool.pids()

    pool.extract(path, "application/pdf")

    assert pool.pids() == started


def test_closing_leaves_no_process_and_can_be_followed_by_reading(pool: ReaderPool, tmp_path: Path) -> None:
    before = children()
    path = written(tmp_path, pdf_bytes.pdf_of_texts([TEXT]))
    pool.extract(path, "application/pdf")

    pool.close()
    pool.close()

    assert children() == before
    assert list(pool.extract(path, "application/pdf").pages) == [TEXT]


def test_closing_ends_a_read_under_way_without_blaming_the_file(pool: ReaderPool, tmp_path: Path) -> None:
    before = children()
    path = written(tmp_path, SLOW)

    with ThreadPoolExecutor(2) as threads:
        readings = [threads.submit(pool.extract, path, "application/pdf") for _ in range(2)]
        busy_pid(pool)
        pool.close()
        errors = [reading.exception() for reading in readings]

    assert [type(error) for error in errors] == [TransientError, TransientError]
    assert children() == before


def test_a_forgotten_pool_ends_its_readers(tmp_path: Path) -> None:
    before = children()
    pool = ReaderPool(DocumentSettings())
    pool.extract(written(tmp_path, pdf_bytes.pdf_of_texts([TEXT])), "application/pdf")

    del pool
    gc.collect()

    assert children() == before


def test_a_process_that_cannot_start_readers_says_so(
    pool: ReaderPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("multiprocessing.spawn._python_exe", str(tmp_path / "no-python"))
    path = written(tmp_path, pdf_bytes.pdf_of_texts([TEXT]))

    with pytest.raises(TransientError, match="check that it is Python"):
        pool.extract(path, "application/pdf")


def test_a_reader_that_ends_at_once_is_no_fault_of_the_file(tmp_path: Path) -> None:
    before = children()
    pool = ReaderPool(DocumentSettings(max_memory_bytes=1 << 20))

    with pytest.raises(TransientError, match="memory"):
        pool.extract(written(tmp_path, pdf_bytes.pdf_of_texts([TEXT])), "application/pdf")

    assert children() == before


@pytest.mark.skipif(sys.platform != "linux", reason="limits are read from /proc")
def test_a_reader_is_fenced_in(pool: ReaderPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a secret")
    pool.extract(written(tmp_path, pdf_bytes.pdf_of_texts([TEXT])), "application/pdf")
    process = Path(f"/proc/{pool.pids()[0]}")

    limits = (process / "limits").read_text()
    memory = DocumentSettings().max_memory_bytes

    assert f"Max address space {memory} {memory} bytes" in " ".join(limits.split())
    assert "Max file size 0 0 bytes Max data size" in " ".join(limits.split())
    assert "Max core file size 0 0" in " ".join(limits.split())
    assert b"secret" not in (process / "environ").read_bytes()
    assert len(list((process / "fd").iterdir())) < 8


@pytest.mark.skipif(sys.platform != "linux", reason="the filter on system calls is for Linux")
def test_a_reader_reaches_no_network_and_starts_no_program() -> None:
    program = (
        "import os, socket\n"
        "from backfin.documents import sandbox\n"
        "sandbox.enter(1 << 30)\n"
        "for attempt in (socket.socket, lambda: os.execv('/bin/true', ['true'])):\n"
        "    try: attempt()\n"
        "    except PermissionError: print('refused')\n"
    )

    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert out.split() == ["refused", "refused"]


def test_what_an_installer_left_uncompiled_is_compiled_once(
    pool: ReaderPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = find_spec("backfin.documents.pdf_page")
    assert spec is not None
    assert spec.cached is not None
    compiled = Path(spec.cached)
    if not os.access(compiled.parent.parent, os.W_OK):
        pytest.skip("this installation cannot be written to")
    compiled.unlink(missing_ok=True)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)

    assert pool.extract(written(tmp_path, pdf_bytes.pdf_of_texts([TEXT])), "application/pdf").pages

    assert compiled.exists()


FORKING = """
import os, sys
from pathlib import Path
from backfin.documents.pool import ReaderPool
from backfin.settings import DocumentSettings
pool, path = ReaderPool(DocumentSettings(processes=1)), Path(sys.argv[1])
pool.extract(path, "application/pdf")
mine = pool.pids()
child = os.fork()
if child == 0:
    found = pool.extract(path, "application/pdf")
    fine = bool(found.pages) and pool.pids() != mine
    sys.exit(0 if fine else 1)
status = os.waitpid(child, 0)[1]
again = pool.extract(path, "application/pdf")
print(status, pool.pids() == mine, len(again.pages))
"""


def test_a_fork_gets_readers_of_its_own_and_leaves_its_parents_alone(tmp_path: Path) -> None:
    path = written(tmp_path, pdf_bytes.pdf_of_texts([TEXT]))

    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORKING, path], capture_output=True, text=True, timeout=60
    )

    assert (run.stdout.split(), run.stderr) == (["0", "True", "1"], "")


HOLDING = """
import sys, threading
from pathlib import Path
from backfin.documents.pool import ReaderPool
from backfin.settings import DocumentSettings
pool = ReaderPool(DocumentSettings(processes=1))
pool.extract(Path(sys.argv[1]), "application/pdf")
print(pool.pids()[0], flush=True)
if len(sys.argv) > 2:
    pool.extract(Path(sys.argv[2]), "application/pdf")
threading.Event().wait()
"""


@pytest.mark.parametrize("is_reading", [False, True])
def test_no_reader_survives_a_parent_that_was_killed(tmp_path: Path, is_reading: bool) -> None:
    paths = [written(tmp_path, pdf_bytes.pdf_of_texts([TEXT]))]
    if is_reading:
        paths.append(written(tmp_path, SLOW, "slow.pdf"))
    command = [sys.executable, "-c", HOLDING, *paths]

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        wait_until(lambda: is_busy(child) == is_reading)
        parent.kill()

    wait_until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie", 3)


def test_closed_standard_streams_are_no_obstacle(tmp_path: Path) -> None:
    path = written(tmp_path, pdf_bytes.pdf_of_texts([TEXT]))
    result = tmp_path / "result"
    program = (
        "import os, sys\n"
        "for fd in (0, 1, 2): os.close(fd)\n"
        "from pathlib import Path\n"
        "from backfin.documents.pool import ReaderPool\n"
        "from backfin.settings import DocumentSettings\n"
        "pool = ReaderPool(DocumentSettings(processes=1))\n"
        "Path(sys.argv[2]).write_text(pool.extract(Path(sys.argv[1]), 'application/pdf').pages[0])\n"
    )

    subprocess.run([sys.executable, "-c", program, path, result], check=False, timeout=60)

    assert result.read_text() == TEXT


def test_a_signal_to_the_whole_group_leaves_readers_to_their_parent(pool: ReaderPool, tmp_path: Path) -> None:
    path = written(tmp_path, pdf_bytes.pdf_of_texts([TEXT]))
    pool.extract(path, "application/pdf")
    (pid,) = pool.pids()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(pid, number)
    pool.extract(path, "application/pdf")

    assert pool.pids() == [pid]
    assert os.getpgid(pid) != os.getpgrp()


def test_an_interrupted_thread_gives_its_reader_up(pool: ReaderPool, tmp_path: Path) -> None:
    class Interrupt(BaseException):
        """Stands for a time limit of the worker."""

    caught: list[type[BaseException]] = []

    def read() -> None:
        try:
            pool.extract(written(tmp_path, SLOW, "slow.pdf"), "application/pdf")
        except Interrupt as interrupt:
            caught.append(type(interrupt))

    thread = threading.Thread(target=read)
    thread.start()
    busy = busy_pid(pool)
    assert thread.ident is not None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(Interrupt))
    thread.join(3)

    assert caught == [Interrupt]
    found = pool.extract(written(tmp_path, pdf_bytes.pdf_of_texts([TEXT])), "application/pdf")
    assert list(found.pages) == [TEXT]
    assert busy not in pool.pids()
