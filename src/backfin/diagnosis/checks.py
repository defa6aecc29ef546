"""All checks, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Callable

from backfin.app import Backfin
from backfin.diagnosis.exchanges import exchange_finding
from backfin.diagnosis.finding import Finding
from backfin.diagnosis.parts import llm_finding, notifications_finding, ocr_finding, plugins_finding
from backfin.diagnosis.redis import redis_finding
from backfin.diagnosis.running import (
    gaps_finding,
    pauses_finding,
    scheduler_finding,
    steps_finding,
    workers_finding,
)
from backfin.diagnosis.storing import archive_finding, clock_finding, disk_finding, store_finding
from backfin.errors import BackfinError, StoreUnavailable
from backfin.interfaces import Exchange
from backfin.settings import Settings


def diagnose(settings: Settings) -> list[Finding]:
    """Checks everything, one by one; no check can stop another."""
    app = Backfin(settings)
    checks: list[tuple[str, Callable[[], Finding]]] = [
        ("redis", lambda: redis_finding(settings)),
        ("store", lambda: store_finding(app)),
        ("archive", lambda: archive_finding(app)),
        ("disk", lambda: disk_finding(settings)),
        ("clock", lambda: clock_finding(app)),
        ("ocr", lambda: ocr_finding(settings)),
        ("llm", lambda: llm_finding(app)),
        ("notifications", lambda: notifications_finding(app)),
        ("plugins", lambda: plugins_finding(app)),
        ("workers", lambda: workers_finding(app)),
        ("scheduler", lambda: scheduler_finding(app)),
        ("pauses", lambda: pauses_finding(app)),
        ("steps", lambda: steps_finding(app)),
        ("gaps", lambda: gaps_finding(app)),
    ]
    for name, exchange in _exchanges(app):
        checks.append((name, lambda exchange=exchange: exchange_finding(app, exchange)))  # type: ignore[misc]
    findings = [_guarded(name, check) for name, check in checks]
    app.close()
    return findings


def _exchanges(app: Backfin) -> list[tuple[str, Exchange]]:
    """The exchanges, none where plugins cannot be loaded: why that is, other findings say."""
    try:
        return sorted(app.plugins.registry.exchanges.items())
    except BackfinError:
        return []


def _guarded(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except StoreUnavailable:
        return Finding(name, False, "not known while the store does not answer", "Mend what `store` names.")
    except BackfinError as error:
        return Finding(name, False, str(error), "See the sentence beside it.")
    except Exception as error:
        return Finding(name, False, f"{type(error).__name__}: {error}", "Run `backfin --debug doctor`.")
