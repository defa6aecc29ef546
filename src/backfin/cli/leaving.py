"""How a command ends, whatever a plugin left running."""

from __future__ import annotations

import os
import sys
import threading
from typing import NoReturn

from backfin.cli.output import tell

#: What still runs when a command is done gets so many seconds.
GRACE_S = 5.0


def leave(code: int) -> NoReturn:
    """Ends the program. Threads and exit functions that do not come to an end are left behind after a while."""
    timer = threading.Timer(GRACE_S, _end, (code,))
    timer.daemon = True
    timer.start()
    sys.exit(code)


def _end(code: int) -> None:
    main = threading.main_thread()
    left = [
        one.name for one in threading.enumerate() if one.is_alive() and not one.daemon and one is not main
    ]
    what = f"threads {', '.join(left)}" if left else "exit functions"
    tell(f"backfin: The command is done, and {what} of a plugin still run; it ends without them.")
    sys.stdout.flush()
    os._exit(code)
