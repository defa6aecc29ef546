"""How a process tells Redis that it lives, and gives back to queues what dead ones had of them.

Dramatiq says both with each fetch; a consumer that waits inside Redis fetches nothing.
"""

from __future__ import annotations

import time
from typing import Any, cast

from dramatiq.brokers.redis import RedisBroker
from dramatiq.common import current_millis

#: Seconds between two heartbeats of a process whose consumers wait, however many there are. Each of them looks whether
#: one is due before it waits.
BEAT_S = 0.5

#: Seconds between two looks for messages of dead workers at a queue that is idle or held back.
TIDY_S = 4.0

#: A look happens so often within the time after which a worker counts as dead.
_LOOKS = 3


class Presence:
    """The heartbeat of one broker, which all of its consumers share.

    Args:
        broker: Whose heartbeat it is.
    """

    def __init__(self, broker: RedisBroker) -> None:
        self._broker: Any = broker
        self._beaten_s = float("-inf")
        self._tidied_s: dict[str, float] = {}

    def keep(self, queue_name: str) -> None:
        """Tells that the process lives, and tidies a queue, each when it is due.

        Raises:
            RedisError: Redis does not answer.
        """
        now_s = time.monotonic()
        period_s = min(TIDY_S, self._broker.heartbeat_timeout / 1000 / _LOOKS)
        if now_s - self._tidied_s.get(queue_name, float("-inf")) >= period_s:
            self._tidied_s[queue_name] = self._beaten_s = now_s
            self._tidy(queue_name)
        elif now_s - self._beaten_s >= BEAT_S:
            self._beaten_s = now_s
            key = f"{self._broker.namespace}:__heartbeats__"
            self._broker.client.zadd(key, {self._broker.broker_id: current_millis()})

    def _tidy(self, queue_name: str) -> None:
        """Fetches no message; the script sees to those of dead workers, and takes it for a heartbeat."""
        args = dispatch_args(self._broker, "fetch", queue_name, 0, maintains=True)
        self._broker.scripts["dispatch"](args=args, keys=[self._broker.namespace])


def dispatch_args(
    broker: RedisBroker, command: str, queue_name: str, *args: object, maintains: bool = False
) -> list[Any]:
    """Arguments of dramatiq's script for one command, which looks for what dead workers had where it ``maintains``."""
    most = cast(Any, broker)._max_unpack_size()
    common = [
        current_millis(),
        queue_name,
        broker.broker_id,
        broker.heartbeat_timeout,
        broker.dead_message_ttl,
    ]
    return [command, *common, int(maintains), most, *args]
