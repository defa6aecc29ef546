"""How a command ends, whatever a plugin left running."""

from __future__ import annotations

import sys
from typing import NoReturn

from backfin.cli.output import tell
from backfin.orphan import end_without_the_rest

#: What still runs when a command is done gets so many seconds.
GRACE_S = 5.0


def leave(code: int) -> NoReturn:
    """Ends the program."""
    end_without_the_rest(GRACE_S, code, lambda sentence: tell(f"backfin: {sentence}"))
    sys.exit(code)
