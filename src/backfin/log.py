"""Log lines on standard error, for people or for machines, without secrets.

Only the command line and workers call :func:`configure`; as a library backfin leaves logging to its host, which may
add :class:`WorkFilter` to its own handlers. Each line logged while a message is worked on says ``actor``, ``item`` and,
in a replay, ``run``; more is given as extra fields: ``log.info("stored", extra={"pages": 3})``.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any, TextIO

from backfin.clock import IST
from backfin.settings import Settings, scrub, secrets_of
from backfin.work import in_hand

#: Attributes every record has; all others were given as extra fields.
_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}

#: Above every level.
_SILENT = logging.CRITICAL + 1

#: Control characters, shown as escapes: what an exchange sends must not forge lines or colour a terminal.
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), 127, *range(128, 160)) if chr(code) != "\t"}
_CONTROLS[ord("\n")] = "\\n"
_CONTROLS[ord("\r")] = "\\r"


class WorkFilter(logging.Filter):
    """Adds to each record what its thread works on: the fields ``actor``, ``item`` and ``run``, where there are any.

    It belongs on a handler, so that the lines of other libraries, dramatiq's among them, have them too.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every record pass; what a call site has given itself stays."""
        work = in_hand()
        for name, value in work._asdict().items() if work else ():
            if value and not hasattr(record, name):
                setattr(record, name, value)
        return True


class _Masking(logging.Formatter):
    """A formatter that knows what must not be shown.

    Args:
        secrets: Texts that are masked wherever they appear, tracebacks included.
    """

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._secrets = secrets


class LineFormatter(_Masking):
    """One readable line: time of the exchange's zone, level, logger, message, extra fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Formats a record; a traceback follows on lines of its own."""
        ids = "".join(f" {name}={value}" for name, value in _extra(record))
        message = f"{record.getMessage()}{ids}".translate(_CONTROLS)
        line = f"{_time(record):%Y-%m-%d %H:%M:%S} {record.levelname:<7} {record.name}: {message}"
        trace = _trace(self, record)
        return scrub(f"{line}\n{trace}" if trace else line, self._secrets)


class JsonFormatter(_Masking):
    """One JSON object a line: ``time``, ``level``, ``logger``, ``message``, extra fields, ``traceback``."""

    def format(self, record: logging.LogRecord) -> str:
        """Formats a record; values JSON cannot hold are written as text."""
        entry: dict[str, Any] = dict(_extra(record))
        entry |= {
            "time": _time(record).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        trace = _trace(self, record)
        if trace:
            entry["traceback"] = trace
        clean = {scrub(name, self._secrets): self._clean(value) for name, value in entry.items()}
        return json.dumps(clean, ensure_ascii=False)

    def _clean(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        return scrub(str(value), self._secrets)


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Sends this process's log to standard error in the chosen form; a second call replaces the first.

    Lines of backfin appear from ``log_level`` on, those of other libraries from WARNING on.

    Args:
        settings: Says form and level, and holds the secrets to be masked.
        stream: Where lines go instead of standard error.
    """
    formatter = JsonFormatter if settings.log_format == "json" else LineFormatter
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter(secrets_of(settings)))
    handler.addFilter(WorkFilter())
    root = logging.getLogger()
    for other in list(root.handlers):
        # The plain handlers that a worker's command line installs would print every line twice.
        if type(other) is logging.StreamHandler:
            root.removeHandler(other)
    root.addHandler(handler)
    level = logging.getLevelNamesMapping()[settings.log_level]
    root.setLevel(max(level, logging.WARNING))
    logging.getLogger("backfin").setLevel(level)
    # It logs whole addresses, whose tokens are secrets of the recipient; what fails is said by our channel.
    logging.getLogger("apprise").setLevel(_SILENT)


def is_own(handler: logging.Handler) -> bool:
    """Whether :func:`configure` has installed a handler, for standard error."""
    return (
        isinstance(handler, logging.StreamHandler)
        and isinstance(handler.formatter, _Masking)
        and handler.stream is sys.stderr
    )


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, IST)


def _extra(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in vars(record).items() if name not in _STANDARD)


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    parts = [formatter.formatException(record.exc_info)] if record.exc_info else []
    parts += [formatter.formatStack(record.stack_info)] if record.stack_info else []
    return "\n".join(parts)
