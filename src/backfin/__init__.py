"""backfin: announcements of listed companies, read, understood, stored, matched and told.

Importing this package does nothing else: no network, no files, no broker. Heavy parts load when they are
first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backfin.app import Backfin
    from backfin.models import (
        Alert,
        Announcement,
        Attachment,
        Delivery,
        Document,
        Enrichment,
        EventType,
        Evidence,
        Fact,
        Investor,
        Issuer,
        Mention,
        Money,
        Party,
        Watch,
    )
    from backfin.plugins import hookimpl
    from backfin.settings import Settings

__version__ = "0.1.0"

_HOMES = {
    "Backfin": "backfin.app",
    "Settings": "backfin.settings",
    "hookimpl": "backfin.plugins",
    **dict.fromkeys(
        (
            "Alert",
            "Announcement",
            "Attachment",
            "Delivery",
            "Document",
            "Enrichment",
            "EventType",
            "Evidence",
            "Fact",
            "Investor",
            "Issuer",
            "Mention",
            "Money",
            "Party",
            "Watch",
        ),
        "backfin.models",
    ),
}

__all__ = [
    "Alert",
    "Announcement",
    "Attachment",
    "Backfin",
    "Delivery",
    "Document",
    "Enrichment",
    "EventType",
    "Evidence",
    "Fact",
    "Investor",
    "Issuer",
    "Mention",
    "Money",
    "Party",
    "Settings",
    "Watch",
    "__version__",
    "hookimpl",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'backfin' has no attribute {name!r}")
    return getattr(import_module(home), name)
