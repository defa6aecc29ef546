"""Processes that would not end by themselves: their command was killed, or a plugin left something running."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import parent_process

#: Seconds between two looks at the parent.
_LOOK_S = 1.0

#: Seconds that what is in hand gets once the command is gone; the sweep finishes the rest.
_GRACE_S = 10.0


def is_child_of_command() -> bool:
    """Whether this process was started by another Python, as the ``dramatiq`` command starts its workers."""
    return parent_process() is not None


def end_with_command() -> None:
    """Watches the command from a thread; when it is gone, asks this process to end, and then ends it."""
    threading.Thread(target=_watch, name="backfin-orphan", daemon=True).start()


def end_without_the_rest(grace_s: float, code: int, say: Callable[[str], object]) -> None:
    """Lets a process that is done end: threads and exit functions still running after a while are left behind.

    Args:
        grace_s: How long they may take, in seconds.
        code: Exit code of the process.
        say: Is told what was left behind.
    """

    def end() -> None:
        main = threading.main_thread()
        left = [one.name for one in threading.enumerate() if not one.daemon and one is not main]
        what = f"threads ({', '.join(left)})" if left else "exit functions"
        say(f"All is done, and {what} of a plugin still run; the process ends without them.")
        sys.stdout.flush()
        os._exit(code)

    timer = threading.Timer(grace_s, end)
    timer.daemon = True
    timer.start()


def _watch() -> None:
    command, parent = parent_process(), os.getppid()
    # A sibling can hold open what tells of the command's end; a parent that changed tells it too.
    while command is not None and command.is_alive() and os.getppid() == parent:
        time.sleep(_LOOK_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_S)
    # Cut off while it boots, it hangs in dramatiq's own wait for the command and hears no request.
    os._exit(1)
