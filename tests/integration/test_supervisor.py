"""The supervisor, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from backfin import supervisor as module
from backfin.errors import ConfigError
from backfin.guard import spawn
from backfin.supervisor import ProcessSpec, Supervisor, locate
from processes import children_of
from waiting import eventually

#: Notes its start and, when asked to, its graceful end.
POLITE = """
import os, pathlib, signal, sys, time

def end(*_):
    pathlib.Path(sys.argv[1], f"ended-{os.getpid()}").touch()
    sys.exit(0)

signal.signal(signal.SIGTERM, end)
pathlib.Path(sys.argv[1], f"started-{os.getpid()}").touch()
time.sleep(60)
"""

#: Ignores every request to end, and so does the process it starts.
STUBBORN = """
import os, pathlib, signal, sys, time

signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork()
pathlib.Path(sys.argv[1], f"started-{os.getpid()}").touch()
time.sleep(60)
"""

#: A supervisor of one polite and one stubborn command, as a process of its own.
SUPERVISING = """
import sys
from backfin.supervisor import ProcessSpec, Supervisor

folder, *programs = sys.argv[1:]
specs = [ProcessSpec(str(n), [sys.executable, "-c", p, folder]) for n, p in enumerate(programs)]
sys.exit(Supervisor(specs, grace_s=20).run())
"""


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended but waits to be collected does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def spec(program: str, folder: Path, name: str = "worker") -> ProcessSpec:
    """A command that runs a few lines of Python."""
    return ProcessSpec(name, [sys.executable, "-c", program, str(folder)])


def started(folder: Path) -> list[int]:
    """Process ids of every start so far, oldest first."""
    notes = sorted(folder.glob("started-*"), key=lambda note: note.stat().st_mtime_ns)
    return [int(note.name.removeprefix("started-")) for note in notes]


@contextmanager
def running(supervisor: Supervisor) -> Iterator[list[int]]:
    """Runs a supervisor in a thread; the list holds its exit code afterwards."""
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(supervisor.run()))
    thread.start()
    try:
        yield codes
    finally:
        supervisor.stop()
        thread.join()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A back-off that tests can wait for."""
    monkeypatch.setattr(module, "FIRST_BACKOFF_S", 0.1)
    monkeypatch.setattr(module, "MAX_BACKOFF_S", 0.4)


@pytest.fixture
def supervising(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts a supervisor of such programs as a process of its own."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(*programs: str) -> subprocess.Popen[bytes]:
        processes.append(subprocess.Popen([sys.executable, "-c", SUPERVISING, str(tmp_path), *programs]))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def test_every_command_runs_and_ends_gracefully(tmp_path: Path) -> None:
    supervisor = Supervisor([spec(POLITE, tmp_path, "one"), spec(POLITE, tmp_path, "two")])

    with running(supervisor) as codes:
        assert eventually(lambda: len(started(tmp_path)) == 2)

    assert codes == [0]
    assert len(list(tmp_path.glob("ended-*"))) == 2
    assert eventually(lambda: not children_of(tmp_path))


def test_it_stops_by_itself_after_the_given_seconds(tmp_path: Path) -> None:
    began = time.monotonic()

    code = Supervisor([spec(POLITE, tmp_path)]).run(for_seconds=1.0)

    assert code == 0
    assert 1.0 <= time.monotonic() - began < 5.0


@pytest.mark.usefixtures("hasty")
def test_a_killed_command_is_started_again(tmp_path: Path) -> None:
    supervisor = Supervisor([spec(POLITE, tmp_path)])

    with running(supervisor) as codes:
        assert eventually(lambda: len(started(tmp_path)) == 1)
        os.kill(started(tmp_path)[0], signal.SIGKILL)
        assert eventually(lambda: len(started(tmp_path)) == 2)
        (status,) = supervisor.status()

    assert (status.restarts, status.last_exit_code) == (1, 137)
    assert codes == [0]


@pytest.mark.usefixtures("hasty")
def test_the_wait_between_restarts_doubles_up_to_a_limit(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = Supervisor([ProcessSpec("worker", [sys.executable, "-c", "raise SystemExit(3)"])])

    with running(supervisor) as codes:
        assert eventually(lambda: len(caplog.records) == 5)

    waits = [record.args[2] for record in caplog.records if isinstance(record.args, tuple)]
    assert waits == pytest.approx([0.1, 0.2, 0.4, 0.4, 0.4])
    assert codes == [1]


@pytest.mark.usefixtures("hasty")
def test_the_wait_starts_over_after_a_healthy_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "HEALTHY_S", 0.0)
    supervisor = Supervisor([ProcessSpec("worker", [sys.executable, "-c", "raise SystemExit(3)"])])

    with running(supervisor):
        assert eventually(lambda: len(caplog.records) == 3)

    assert [record.args[2] for record in caplog.records if isinstance(record.args, tuple)] == [0.1] * 3


def test_what_a_dead_command_leaves_behind_is_killed(tmp_path: Path) -> None:
    supervisor = Supervisor([spec(STUBBORN, tmp_path)], grace_s=0.2)

    with running(supervisor):
        assert eventually(lambda: len(started(tmp_path)) == 2)
        parent, child = sorted(started(tmp_path))
        os.kill(parent, signal.SIGKILL)

        assert eventually(lambda: not is_alive(child))


def test_a_command_that_will_not_end_is_killed_after_its_grace(tmp_path: Path) -> None:
    supervisor = Supervisor([spec(STUBBORN, tmp_path)], grace_s=0.5)

    with running(supervisor) as codes:
        assert eventually(lambda: len(started(tmp_path)) == 2)

    assert codes == [1]
    assert not any(is_alive(pid) for pid in started(tmp_path))


def test_one_ctrl_c_stops_everything_gracefully(
    tmp_path: Path, supervising: Callable[..., subprocess.Popen[bytes]]
) -> None:
    process = supervising(POLITE, POLITE)
    assert eventually(lambda: len(started(tmp_path)) == 2)

    process.send_signal(signal.SIGINT)

    assert process.wait(10) == 0
    assert len(list(tmp_path.glob("ended-*"))) == 2


def test_a_second_ctrl_c_kills_at_once(
    tmp_path: Path, supervising: Callable[..., subprocess.Popen[bytes]]
) -> None:
    process = supervising(STUBBORN)
    assert eventually(lambda: len(started(tmp_path)) == 2)

    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    is_waiting = process.poll() is None
    process.send_signal(signal.SIGINT)

    assert is_waiting
    assert process.wait(5) == 1
    assert eventually(lambda: not any(is_alive(pid) for pid in started(tmp_path)))


def test_a_killed_supervisor_leaves_no_process_behind(
    tmp_path: Path, supervising: Callable[..., subprocess.Popen[bytes]]
) -> None:
    process = supervising(POLITE, STUBBORN)
    assert eventually(lambda: len(started(tmp_path)) == 3)

    process.kill()

    assert eventually(lambda: not any(is_alive(pid) for pid in started(tmp_path)))
    assert len(list(tmp_path.glob("ended-*"))) == 1


def test_a_forked_process_that_keeps_the_pipe_open_does_not_hide_the_callers_end(tmp_path: Path) -> None:
    code = (
        "import os,sys,time\n"
        "from backfin.guard import spawn\n"
        "child = spawn([sys.executable, '-c', sys.argv[1], sys.argv[2]])\n"
        "fork = os.fork()\n"
        "time.sleep(60 if fork else 8)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, POLITE, str(tmp_path)]) as caller:
        assert eventually(lambda: len(started(tmp_path)) == 1)

        caller.kill()

        assert eventually(lambda: len(list(tmp_path.glob("ended-*"))) == 1, seconds=4)


def test_a_command_gets_its_environment_and_no_terminal(tmp_path: Path) -> None:
    code = "import os,sys; open(os.environ['OUT'], 'w').write(repr(sys.stdin.read()))"
    out = tmp_path / "out"

    ended = spawn([sys.executable, "-c", code], environment={"OUT": str(out)}).wait(10)

    assert ended == 0
    assert out.read_text() == "''"


def test_a_command_that_cannot_run_ends_like_in_a_shell(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        ended = spawn([str(tmp_path / "missing")], output=log).wait(10)

    assert ended == 127
    assert "cannot be run" in (tmp_path / "log").read_text()


def test_a_program_is_looked_for_beside_this_python_first() -> None:
    assert locate("dramatiq").parent == Path(sys.executable).parent


def test_a_program_that_is_nowhere_is_a_sentence() -> None:
    with pytest.raises(ConfigError, match="no-such-program"):
        Supervisor([ProcessSpec("worker", ["no-such-program"])])
