"""A worker process ends when the ``dramatiq`` command above it was killed: nobody else would end it."""

from __future__ import annotations

import os
import signal
import threading
import time
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


def _watch() -> None:
    command, parent = parent_process(), os.getppid()
    # A sibling can hold open what tells of the command's end; a parent that changed tells it too.
    while command is not None and command.is_alive() and os.getppid() == parent:
        time.sleep(_LOOK_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_S)
    # Cut off while it boots, it hangs in dramatiq's own wait for the command and hears no request.
    os._exit(1)
