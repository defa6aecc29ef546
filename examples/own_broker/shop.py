"""An app with its own dramatiq broker that lets backfin's actors join it."""

from __future__ import annotations

import dramatiq
from dramatiq import broker as dramatiq_broker
from dramatiq.brokers.redis import RedisBroker

from backfin import Backfin, Settings

broker = RedisBroker(url="redis://127.0.0.1:6379/5")


@dramatiq.actor(broker=broker, actor_name="shop.greet")
def greet(name: str) -> None:
    """The app's own work."""
    print(f"hello {name}")


backfin = Backfin(Settings(plugins={"enabled": ()}))
backfin.declare(broker)

if __name__ == "__main__":
    ours = sorted(name for name in broker.actors if name.startswith("backfin."))
    print(f"broker of the app: {type(broker).__name__}, its own actor: {greet.actor_name}")
    print(f"actors of backfin beside it: {', '.join(ours)}")
    backfin.declare(broker)
    print("declared twice: nothing changed")
    print(f"global broker untouched: {'yes' if dramatiq_broker.global_broker is None else 'no'}")
