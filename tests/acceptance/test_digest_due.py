"""What was collected is told by the scheduler and the worker that ``backfin up`` runs, each once."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from backfin.clock import SystemClock
from backfin.identity import delivery_id
from backfin.models import Cadence, Delivery, DeliveryState, Phase
from backfin.storage.store import Store
from backfin.testing import make_announcement, make_watch
from processes import Cli, wait_until
from receiver import Receiver

ZONE = ZoneInfo("Asia/Kolkata")


def collect(store: Store, watch: str, number: int, address: str, **changes: object) -> None:
    """Stores a filing of an hour ago, and that a watch collected it."""
    moment = SystemClock().now() - timedelta(hours=1)
    key = f"bse:{watch}{number}"
    item = make_announcement(announcement_id=key, native_id=f"{watch}{number}", disseminated_at=moment)
    store.announcements.add([item], due_at=moment + timedelta(days=999))
    values = {
        "delivery_id": delivery_id(watch, key, Phase.ENRICHED, address),
        "watch_id": make_watch(watch).watch_id,
        "announcement_id": key,
        "filing_id": key,
        "phase": Phase.ENRICHED,
        "address": address,
        "state": DeliveryState.COLLECTED,
        "created_at": moment,
    }
    store.deliveries.record(key, [Delivery(**(values | changes))], due_at=moment)


def test_what_is_due_is_told_soon_after_a_start(cli: Cli, receiver: Receiver) -> None:
    cli.environment = receiver.environment | {"BACKFIN_EXCHANGES__BSE__ENABLED": "false"}
    half_an_hour_ago = datetime.now(ZONE) - timedelta(minutes=30)
    store = Store(f"sqlite:///{cli.home / 'backfin.db'}")
    store.prepare()
    daily = {"cadence": Cadence.DIGEST, "digest_at": f"{half_an_hour_ago:%H:%M}", "digest_zone": ZONE.key}
    held = {"held_until": half_an_hour_ago}
    night = receiver.address + "/night"
    store.watches.put(make_watch("daily", "*", receiver.address, **daily))
    store.watches.put(make_watch("night", "*", night))
    for number in range(3):
        collect(store, "daily", number, receiver.address)
        collect(store, "night", number, night, **held)

    cli.start("backfin", "up", "--processes", "1", "--threads", "2", "--no-web")
    wait_until("both are told", lambda: len(receiver.told) == 2, seconds=60)
    wait_until("both are noted", lambda: store.deliveries.counts().get(DeliveryState.SENT) == 2)

    bodies = sorted((message["body"] for message in receiver.told), key=lambda body: str(body["watches"]))
    assert [(body["kind"], body["watches"], body["count"]) for body in bodies] == [
        ("digest", ["daily"], 3),
        ("digest", ["night"], 3),
    ]
    assert store.digests.waiting() == []
    assert store.deliveries.counts() == {DeliveryState.COLLECTED: 6, DeliveryState.SENT: 2}
    store.close()
