"""An exchange on this machine: serves rows through BSE's own API, with its habits and its faults.

Run it::

    python -m backfin.testing.exchange_server --rows FILE.jsonl --files DIR [--fault NAME[:EVERY]]...

The first line on standard output is one JSON object with ``api_url`` and ``files_url``. Rows appended to the
file while it runs land in the feed.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from backfin.errors import BackfinError, ConfigError
from backfin.testing.exchange_faults import FAULTS, Faults
from backfin.testing.exchange_rows import RowBook
from backfin.testing.exchange_site import Files, Site, kind_of_path, spoiled
from backfin.testing.local_server import MOST_REQUESTS, LocalServer, Reply, Request


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as the server saw it: names of parameters are lower case."""

    path: str
    params: Mapping[str, str]
    status: int
    fault: str | None


class ExchangeServer:
    """An exchange on a loopback port, from ``start`` (or ``with``) to ``stop``.

    Args:
        rows: Raw announcement rows; fields that a recording lacks are filled in.
        files: A folder of attachments by name, or ``name -> bytes | Path | None``.
        issuers: Rows of the scrip master.
        faults: ``NAME`` or ``NAME:EVERY``.
        page_size: Rows of one page.
        port: 0 takes a free one.
        slow_s: Seconds by which the fault ``slow`` delays an answer.
        stall_s: Seconds for which the fault ``timeout`` says nothing.
        rows_file: A file of rows, one JSON object a line, that is read and then watched for more.

    Example:
        >>> with ExchangeServer([], None) as server:
        ...     server.api_url.endswith("/BseIndiaAPI/api")
        True
    """

    def __init__(
        self,
        rows: Iterable[Mapping[str, Any]] = (),
        files: Files = None,
        *,
        issuers: Sequence[Mapping[str, Any]] | None = None,
        faults: Iterable[str] = (),
        page_size: int = 50,
        port: int = 0,
        slow_s: float = 1.0,
        stall_s: float = 60.0,
        rows_file: Path | None = None,
    ) -> None:
        self.faults = Faults(faults)
        self.requests: deque[Seen] = deque(maxlen=MOST_REQUESTS)
        self._book = RowBook(rows)
        self._feed_file = _GrowingFile(rows_file) if rows_file is not None else None
        self._site = Site(self._book, files, issuers, page_size)
        self._slow_s = slow_s
        self._stall_s = stall_s
        self._port = port
        self._server: LocalServer | None = None

    @property
    def base_url(self) -> str:
        """Scheme, host and port; known once the server has started."""
        return self._running.url

    @property
    def api_url(self) -> str:
        """Value for ``BACKFIN_EXCHANGES__BSE__API_URL``."""
        return f"{self.base_url}/BseIndiaAPI/api"

    @property
    def files_url(self) -> str:
        """Value for ``BACKFIN_EXCHANGES__BSE__FILES_URL``."""
        return f"{self.base_url}/xml-data/corpfiling"

    def start(self) -> ExchangeServer:
        """Opens the port and serves in the background.

        Raises:
            ConfigError: The port is taken, or a row cannot be served.
        """
        self._read_more_rows()
        try:
            self._server = LocalServer(self._answer, port=self._port).start()
        except OSError as error:
            raise ConfigError(f"Port {self._port} cannot be opened ({error}); choose another.") from error
        return self

    def stop(self) -> None:
        """Closes the port and every connection."""
        if self._server is not None:
            self._server.stop()

    def __enter__(self) -> ExchangeServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def add_rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Lands rows in the feed: offset pages shift from now on."""
        self._book.add(rows)

    @property
    def _running(self) -> LocalServer:
        if self._server is None:
            raise ConfigError("The exchange server has not started; use it in a with statement.")
        return self._server

    def _answer(self, request: Request) -> Reply:
        """The answer to one request, faults included; waits where the fault is slowness."""
        self._read_more_rows()
        params = {name.lower(): value for name, value in request.params.items()}
        reply = self._site.reply(request.path, params, request.headers)
        fault = self.faults.take(kind_of_path(request.path))
        if fault is not None:
            reply = spoiled(fault, reply)
        self.requests.append(Seen(request.path, params, reply.status, fault))
        if fault in ("slow", "timeout"):
            self._running.wait(self._slow_s if fault == "slow" else self._stall_s)
        return reply

    def _read_more_rows(self) -> None:
        if self._feed_file is not None:
            self._book.add(self._feed_file.new_rows())


class _GrowingFile:
    """A file of JSON lines of which only whole new lines are read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._lock = threading.Lock()

    def new_rows(self) -> list[dict[str, Any]]:
        with self._lock:
            if self._path.stat().st_size <= self._offset:
                return []
            with self._path.open("rb") as file:
                file.seek(self._offset)
                fresh = file.read()
            whole = fresh if self._offset == 0 else fresh[: fresh.rfind(b"\n") + 1]
            self._offset += len(whole)
            return [_row(line) for line in whole.splitlines() if line.strip()]


def _row(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise ConfigError(f"The rows file holds a line that is no JSON object: {line[:60]!r}.")
    return row


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the server until it is interrupted; returns 2 when it cannot start."""
    options = _parser().parse_args(arguments)
    try:
        server = _server(options).start()
    except (BackfinError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())
    print(json.dumps({"api_url": server.api_url, "files_url": server.files_url}), flush=True)
    ending.wait()
    server.stop()
    return 0


def _server(options: argparse.Namespace) -> ExchangeServer:
    issuers = json.loads(options.issuers.read_text("utf-8")) if options.issuers else None
    return ExchangeServer(
        files=options.files,
        issuers=issuers,
        faults=options.fault,
        page_size=options.page_size,
        port=options.port,
        stall_s=options.stall,
        rows_file=options.rows,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backfin.testing.exchange_server", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rows", type=Path, required=True, help="raw rows, one JSON object a line")
    parser.add_argument("--files", type=Path, help="folder of attachments by name")
    parser.add_argument("--issuers", type=Path, help="scrip master, one JSON array")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--page-size", type=int, default=50, help="rows of one page")
    parser.add_argument("--stall", type=float, default=60.0, help="seconds of silence of the fault timeout")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME[:EVERY]",
        help=f"every EVERY-th request (default 7) goes wrong: {', '.join(FAULTS)}",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
