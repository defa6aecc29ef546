"""Trying again after seconds. Longer waits belong to cool-downs and to the pipeline's retries."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from backfin.errors import RateLimited, TransientError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often, and after how many seconds, one request is made again.

    Args:
        tries: Requests in all, the first one included.
        backoff_s: Seconds before the second try; doubles from there.
        longest_wait_s: A longer stay-away is not waited for here but raised.
        sleep: Waits that many seconds.
    """

    tries: int = 4
    backoff_s: float = 1.0
    longest_wait_s: float = 10.0
    sleep: Callable[[float], None] = time.sleep

    def insist(self, ask: Callable[[], T], faults: list[str], *, tries: int | None = None) -> T:
        """Calls ``ask`` until it answers; every failure met on the way is named in ``faults``.

        Args:
            ask: The request.
            faults: Receives the names of failures.
            tries: Fewer requests in all than usual.

        Raises:
            TransientError: The last failure, when all tries are used up or the wait would be too long.
        """
        tried = 0
        most = min(self.tries, tries or self.tries)
        while True:
            try:
                return ask()
            except TransientError as error:
                tried += 1
                faults.append(str(error.facts.get("fault", "unknown")))
                wait_s = self._wait_s(error, tried)
                if tried >= most or wait_s > self.longest_wait_s:
                    raise
            self.pause(wait_s)

    def pause(self, seconds: float | None = None) -> None:
        """Waits, by default for the first back-off."""
        self.sleep(self.backoff_s if seconds is None else seconds)

    def _wait_s(self, error: TransientError, tried: int) -> float:
        if isinstance(error, RateLimited):
            return float(error.facts["delay"])
        return min(self.backoff_s * 2.0 ** (tried - 1), self.longest_wait_s)
