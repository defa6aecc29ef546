"""Exchanges: each reads one feed. ``fetch`` touches the network, ``parse`` is pure.

Public, for plugins that bring an exchange: the names below. The rest of the folder belongs to BSE.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backfin.egress import EgressGuard
    from backfin.exchanges.files import FileFetcher
    from backfin.exchanges.lenient_json import read_json
    from backfin.exchanges.patience import Patience
    from backfin.exchanges.texts import one_line, plain_text
    from backfin.http import PoliteSession

_HOMES = {
    "EgressGuard": "backfin.egress",
    "FileFetcher": "backfin.exchanges.files",
    "Patience": "backfin.exchanges.patience",
    "PoliteSession": "backfin.http",
    "one_line": "backfin.exchanges.texts",
    "plain_text": "backfin.exchanges.texts",
    "read_json": "backfin.exchanges.lenient_json",
}

__all__ = ["EgressGuard", "FileFetcher", "Patience", "PoliteSession", "one_line", "plain_text", "read_json"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'backfin.exchanges' has no attribute {name!r}")
    return getattr(import_module(home), name)
