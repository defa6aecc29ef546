"""Politeness that all processes share: one turn at a time for each host, and cool-downs."""

from __future__ import annotations

import time
from collections.abc import Callable

from backfin.errors import RateLimited
from backfin.pacing import waiting_for_a_turn
from backfin.storage.hosts import Refusal
from backfin.storage.records import Cooldown
from backfin.storage.store import Store


class StorePacer:
    """A :class:`backfin.interfaces.Pacer` over the store. Safe for many threads.

    Args:
        store: Where turns and cool-downs are kept.
        sleep: Waits so many seconds.
        max_wait_s: Longest time to wait for a turn; beyond it :class:`RateLimited` tells when to come back.
        look_every_s: With an interval of 0, how long a look at the cool-downs of others holds.
    """

    def __init__(
        self,
        store: Store,
        *,
        sleep: Callable[[float], None] = time.sleep,
        max_wait_s: float = 60.0,
        look_every_s: float = 1.0,
    ) -> None:
        self._store = store
        self._sleep = sleep
        self._max_wait_s = max_wait_s
        # Hosts that had a cool-down, as far as this process knows: only they have anything to reset.
        self._struck: dict[str, Cooldown | None] = {}
        self._look_every_s = look_every_s
        self._looked: dict[str, float] = {}

    def wait(self, host: str, interval_s: float) -> None:
        """Returns when a request to ``host`` may start.

        With an interval of 0 there is no turn to share; a cool-down holds all the same.

        Raises:
            RateLimited: The host is in a cool-down, or its turn is too far away to wait for.
        """
        if interval_s <= 0:
            self._look_now_and_then(host)
            return
        turn = self._store.hosts.take_turn(host, interval_s, self._max_wait_s)
        if isinstance(turn, Refusal):
            raise _limited(host, turn.delay_s, turn.why)
        if turn.strikes:
            self._struck.setdefault(host, None)
        delay_s = turn.at_s - self._store.clock.now().timestamp()
        if delay_s > 0:
            with waiting_for_a_turn():
                self._sleep(delay_s)
            self._look(host)  # somebody may have been blocked meanwhile

    def cool_down(self, host: str, seconds: float, *, why: str) -> None:
        """Opens a cool-down of ``seconds``, doubled each time until a request succeeds."""
        self._struck[host] = self._store.hosts.cool_down(host, seconds, why=why)

    def recovered(self, host: str) -> None:
        """A request succeeded: ends the counting of failures. Touches the store only if there were any."""
        if host in self._struck:
            self._store.hosts.recovered(host)
            self._struck.pop(host, None)

    def cooling(self, host: str) -> Cooldown | None:
        """Until when a host is left alone, and why; ``None`` when it is not."""
        return self.all_cooling().get(host)

    def all_cooling(self) -> dict[str, Cooldown]:
        """Every host that is left alone at the moment."""
        return self._store.hosts.all_cooling()

    def _look_now_and_then(self, host: str) -> None:
        now = time.monotonic()
        if host not in self._looked or now - self._looked[host] >= self._look_every_s:
            self._look(host)
            self._looked[host] = now
        cooldown = self._struck.get(host)
        if cooldown is not None:
            self._refuse(host, cooldown)

    def _look(self, host: str) -> None:
        """Refuses while a cool-down is open, whoever opened it."""
        standing = self._store.hosts.standing(host)
        if standing.strikes:
            self._struck[host] = standing.cooldown
        if standing.cooldown is not None:
            self._refuse(host, standing.cooldown)

    def _refuse(self, host: str, cooldown: Cooldown) -> None:
        delay_s = (cooldown.until - self._store.clock.now()).total_seconds()
        if delay_s > 0:
            raise _limited(host, delay_s, cooldown.why)


def _limited(host: str, delay_s: float, why: str) -> RateLimited:
    reason = f"is left alone after a block ({why})" if why else "has its next free turn later"
    return RateLimited(
        f"{host} {reason}; try again in {delay_s:.0f} s.",
        delay=delay_s,
        host=host,
        why=why,
        fault="cool_down" if why else "queue",
    )
