"""Ends a worker of a test at a chosen touch, as a power cut would: Python imports this when it starts.

``FAULT_AT`` is ``WHAT:WHEN:NUMBER``, e.g. ``write:within:30``: a touch (``write``, ``archive`` or ``enqueue``), the
moment (``before``, ``within`` or ``after``), and the number of that touch in the process. ``FAULT_DONE`` is a file that
says that it has happened.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any


def install(what: str, when: str, number: int, done: str) -> None:
    """Wraps the touch."""
    numbers, is_working = count(1), threading.local()

    def strikes(moment: str, own: int) -> None:
        if (moment, own) == (when, number) and not os.path.exists(done):  # noqa: PTH110
            os.close(os.open(done, os.O_CREAT))
            os._exit(9)

    def next_number() -> int:
        return next(numbers) if getattr(is_working, "yes", False) else 0

    def around(real: Callable[..., Any]) -> Callable[..., Any]:
        def touch(*given: Any, **named: Any) -> Any:
            own = next_number()
            strikes("before", own)
            answer = real(*given, **named)
            strikes("after", own)
            return answer

        return touch

    from backfin import broker
    from backfin.pipeline import Shell
    from backfin.storage.archive_places import Folder
    from backfin.storage.database import Database

    write, perform = Database.write, Shell.perform

    @contextmanager
    def writing(self: Any, **named: Any) -> Iterator[Any]:
        if self._joined.connection is not None:
            yield self._joined.connection
            return
        own = next_number()
        strikes("before", own)
        with write(self, **named) as connection:
            yield connection
            strikes("within", own)
        strikes("after", own)

    def working(self: Any, *given: Any) -> None:
        is_working.yes = True
        try:
            perform(self, *given)
        finally:
            is_working.yes = False

    Shell.perform = working
    if what == "write":
        Database.write = writing
    elif what == "archive":
        Folder._put = around(Folder._put)
    else:
        broker.enqueue = around(broker.enqueue)


if os.environ.get("FAULT_AT"):
    _what, _when, _number = os.environ["FAULT_AT"].split(":")
    install(_what, _when, int(_number), os.environ["FAULT_DONE"])
