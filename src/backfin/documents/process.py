"""One reader process as its parent sees it: start, ask, end."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing.spawn import get_executable
from pathlib import Path
from typing import IO, Any, cast

from backfin.documents import frames
from backfin.documents.bitmap import MAX_PIXELS
from backfin.errors import TransientError

#: Seconds a new reader may take until it is ready.
_START_TIMEOUT_S = 30.0
#: Longest reply per character of text: JSON writes a control character as six bytes.
_BYTES_PER_CHAR = 6
_REPLY_SLACK_BYTES = 1 << 20
#: Tables repeat text of the pages and add boxes.
_MAX_TABLE_BYTES = 64 << 20

# The child gets its parent's import path, so that both run the same backfin however it was found.
_PROGRAM = """
import json, sys
start = json.loads(sys.argv[1])
sys.path[:] = start["import_path"]
sys.dont_write_bytecode = not start["keeps_bytecode"]
from backfin.documents.child import main
main(start["max_memory_bytes"])
"""


class ReaderDied(Exception):
    """The reader ended, or sent what no reader sends, instead of answering."""


class ReaderTimedOut(Exception):
    """The reader used up its time."""


class ReaderProcess:
    """A started reader. Not thread-safe: one thread at a time asks it.

    Args:
        max_memory_bytes: Address space of the process.

    Raises:
        TransientError: The process could not be started.
    """

    def __init__(self, max_memory_bytes: int) -> None:
        self.files_read = 0
        self._process = _start(max_memory_bytes)
        self._pipes = cast("tuple[IO[bytes], IO[bytes]]", (self._process.stdin, self._process.stdout))
        self._requests, self._replies = (pipe.fileno() for pipe in self._pipes)
        self._await_ready()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def ask(self, request: dict[str, Any], *, max_chars: int, deadline: float) -> Any:
        """The reply to one request; after an error the reader is of no use any more.

        Raises:
            ReaderDied: It ended, or its reply is none.
            ReaderTimedOut: ``deadline`` (of ``time.monotonic``) passed, or its CPU time was used up.
        """
        self.start(request)
        return self.answer(max_chars=max_chars, deadline=deadline)

    def start(self, request: dict[str, Any]) -> None:
        """Sends a request whose :meth:`answer` is fetched later; errors as in :meth:`ask`."""
        self.files_read += 1
        with self._blaming():
            frames.send(self._requests, request)

    def answer(self, *, max_chars: int, deadline: float) -> Any:
        """The reply to the request that was started; errors as in :meth:`ask`."""
        max_bytes = 2 * max_chars * _BYTES_PER_CHAR + _MAX_TABLE_BYTES + _REPLY_SLACK_BYTES
        with self._blaming():
            return frames.receive(self._replies, max_bytes=max_bytes, deadline=deadline)

    def ask_picture(self, request: dict[str, Any], *, deadline: float) -> tuple[Any, bytes]:
        """The reply to a request for a picture, and its pixels; errors as in :meth:`ask`."""
        with self._blaming():
            frames.send(self._requests, request)
            reply = frames.receive(self._replies, max_bytes=_REPLY_SLACK_BYTES, deadline=deadline)
            return reply, frames.receive_bytes(self._replies, max_bytes=MAX_PIXELS, deadline=deadline)

    @contextlib.contextmanager
    def _blaming(self) -> Iterator[None]:
        """Tells why a reader does not answer; it is ended then."""
        try:
            yield
        except TimeoutError as error:
            raise ReaderTimedOut from error
        except (EOFError, OSError, ValueError) as error:
            self.signal_kill()
            if self._process.wait() == -signal.SIGXCPU:
                raise ReaderTimedOut from error
            raise ReaderDied from error

    def signal_kill(self) -> None:
        """Ends the process at once; whoever holds it still has to :meth:`dispose` of it."""
        self._process.kill()

    def dispose(self) -> None:
        """Ends the process and frees what it held."""
        self._process.kill()
        self._process.wait()
        self._close_pipes()

    def disown(self) -> None:
        """Lets go of a process that belongs to the process this one was forked from."""
        self._process.returncode = 0
        self._close_pipes()

    def _close_pipes(self) -> None:
        for pipe in self._pipes:
            with contextlib.suppress(OSError):
                pipe.close()

    def _await_ready(self) -> None:
        is_ready = False
        try:
            frames.receive(
                self._replies, max_bytes=_REPLY_SLACK_BYTES, deadline=time.monotonic() + _START_TIMEOUT_S
            )
            is_ready = True
        except (EOFError, OSError, TimeoutError, ValueError) as error:
            raise _start_error() from error
        finally:
            if not is_ready:
                self.dispose()


def _start(max_memory_bytes: int) -> subprocess.Popen[bytes]:
    try:
        import_path = [str(Path(entry).absolute()) for entry in sys.path]
        start = json.dumps(
            {
                "import_path": import_path,
                "keeps_bytecode": not sys.dont_write_bytecode,
                "max_memory_bytes": max_memory_bytes,
            }
        )
        # No environment: a file that takes the reader over must not find keys there. Its own session: Ctrl-C
        # in a terminal stops the parent, which finishes its file.
        return subprocess.Popen(
            [interpreter(), "-I", "-B", "-X", "utf8", "-c", _PROGRAM, start],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={},
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        raise _start_error() from error


def interpreter() -> str:
    """The Python that this process runs, for children of it."""
    # In an embedded interpreter ``sys.executable`` is another program; this is where its host says which.
    executable = get_executable()
    return executable.decode() if isinstance(executable, bytes) else str(executable)


def _start_error() -> TransientError:
    return TransientError(
        f"No process that reads documents could be started with {interpreter()}; check that it is Python"
        " (multiprocessing.set_executable() names another) and that memory and processes are left.",
        executable=interpreter(),
    )
