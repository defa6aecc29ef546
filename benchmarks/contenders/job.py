"""The job all contenders do: five steps of 2 ms or as told, and a line in one log when it is sent, starts and ends.

Lines have one length and are appended by one call of the system, so that any number of processes share the log.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from functools import cache
from pathlib import Path

#: The variable that tells how long a step takes, in milliseconds.
STEP_MS = "BENCH_STEP_MS"
STEPS = 5
STEP_S = float(os.environ.get(STEP_MS, "2")) / 1000

SENT, STARTED, ENDED = "q", "s", "e"

#: Length of a line: what happened, to which item, when in nanoseconds of the monotonic clock.
LINE_BYTES = 31

#: Lines of an item that is through: it was sent, started and ended.
LINES = 3


@cache
def _log() -> int:
    return os.open(os.environ["BENCH_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def redis_url() -> str:
    """The server of this run."""
    return os.environ["BENCH_REDIS"]


def note(what: str, number: int) -> None:
    """Writes down that something happened to an item."""
    os.write(_log(), f"{what}{number:08d}{time.monotonic_ns():021d}\n".encode())


def is_noted(what: str, number: int) -> bool:
    """Whether that is written down."""
    return number in read_log(Path(os.environ["BENCH_LOG"]))[what]


def work(number: int, step: int) -> None:
    """The work of one step, the same for all: the first one notes that the item has started."""
    if step == 0:
        note(STARTED, number)
    time.sleep(STEP_S)


def read_log(path: Path) -> dict[str, dict[int, list[float]]]:
    """When, in seconds, each thing happened to each item: by kind and number."""
    found: dict[str, dict[int, list[float]]] = {kind: defaultdict(list) for kind in (SENT, STARTED, ENDED)}
    text = path.read_text()
    whole = len(text) - len(text) % LINE_BYTES  # a line may be on its way
    for line in text[:whole].splitlines():
        found[line[0]][int(line[1:9])].append(int(line[9:]) / 1e9)
    return found


def ended(path: Path) -> int:
    """How many different items have ended."""
    return len(read_log(path)[ENDED])
