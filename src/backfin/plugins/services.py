"""What a plugin's component may use of the application that loads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backfin.clock import Clock
from backfin.interfaces import ModelLedger, Pacer
from backfin.models import Issuer
from backfin.settings import Settings


def _nobody(_isin: str) -> Issuer | None:
    return None


@dataclass(frozen=True, slots=True)
class Services:
    """Handed to every offer hook.

    Args:
        settings: The application's settings.
        pacer: Shares politeness towards hosts between all processes.
        clock: Tells the time.
        secret: Gives the secret of a name, made at first use and kept with the application's data.
        ledger: What all processes know about asking models; ``None`` where there is no store.
        issuer: What the store knows of an ISIN, ``None`` if nothing; asked while working, never while loading.
    """

    settings: Settings
    pacer: Pacer
    clock: Clock
    secret: Callable[[str], str]
    ledger: ModelLedger | None = None
    issuer: Callable[[str], Issuer | None] = _nobody
