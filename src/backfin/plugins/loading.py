"""What a plugin may do to the process while it is loaded: nothing that lasts, and nothing unsaid."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

_log = logging.getLogger(__name__)

#: A plugin that takes longer to load is named, in seconds; it makes every command slow.
SLOW_S = 2.0

#: After so many seconds it is named although it is not loaded yet: perhaps it never will be.
HANGS_S = 10.0

#: Signals that end, stop or reload a worker.
_SIGNALS = (signal.SIGINT, signal.SIGTERM)

#: Puts one thing back; says whether there was anything to do.
_Restore = Callable[[], bool]


@contextmanager
def on_probation(name: str) -> Iterator[None]:
    """Loads a plugin. What it prints goes to standard error, and what it changes of the process is put back.

    Args:
        name: The plugin's name.
    """
    restores = {
        "the logging": _logging(),
        "the signal handlers": _signals(),
        "the working folder": _folder(),
    }
    timer = threading.Timer(HANGS_S, _log.warning, ("plugin %s is still being loaded; is it stuck?", name))
    timer.daemon = True
    timer.start()
    began = time.monotonic()
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        timer.cancel()
        changed = [what for what, restore in restores.items() if restore()]
        if changed:
            _log.warning("plugin %s changes %s; that was put back", name, " and ".join(changed))
    took_s = time.monotonic() - began
    if took_s > SLOW_S:
        _log.warning("plugin %s takes %.1f s to load; let it import late what is slow", name, took_s)


def _logging() -> _Restore:
    """Handlers mask secrets, so they must stay; ``dictConfig`` also disables loggers that it does not name."""
    root = logging.getLogger()
    ours = [logger for logger in _our_loggers() if not logger.disabled]
    before = (root.manager.disable, root.level, list(root.handlers))

    def restore() -> bool:
        silenced = [logger for logger in ours if logger.disabled]
        if (root.manager.disable, root.level, root.handlers) == before and not silenced:
            return False
        root.manager.disable, handlers = before[0], before[2]
        root.setLevel(before[1])
        root.handlers[:] = handlers
        for logger in silenced:
            logger.disabled = False
        return True

    return restore


def _our_loggers() -> list[logging.Logger]:
    found = logging.getLogger().manager.loggerDict
    return [
        logger
        for name, logger in list(found.items())
        if isinstance(logger, logging.Logger) and name.partition(".")[0] == "backfin"
    ]


def _signals() -> _Restore:
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def restore() -> bool:
        changed = [number for number in _SIGNALS if signal.getsignal(number) != before[number]]
        for number in changed:
            # Only the main thread can change them, so only there can they have been changed.
            signal.signal(number, before[number])
        return bool(changed)

    return restore


def _folder() -> _Restore:
    try:
        before = Path.cwd()
    except OSError:
        return lambda: False

    def restore() -> bool:
        if Path.cwd() == before:
            return False
        os.chdir(before)
        return True

    return restore
