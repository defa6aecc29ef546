"""Exchanges: each reads one feed. ``fetch`` touches the network, ``parse`` is pure.

Public, for plugins that bring an exchange: the names below. :class:`PoliteExchange` is the base of one that is asked
over HTTP; its section of the settings has :class:`FeedSettings` (``exchanges.<name>``) or :class:`Politeness`
(``plugin.<name>``) for a base. The rest of the folder belongs to BSE.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backfin.egress import EgressGuard
    from backfin.exchanges.client import PoliteClient, api_headers, site_of
    from backfin.exchanges.files import FileFetcher
    from backfin.exchanges.lenient_json import read_json
    from backfin.exchanges.patience import Patience
    from backfin.exchanges.polite import PoliteExchange
    from backfin.exchanges.texts import one_line, plain_text
    from backfin.http import PoliteSession
    from backfin.settings import COMMA_SEPARATED, FeedSettings, Politeness, WebUrl

_HOMES = {
    "COMMA_SEPARATED": "backfin.settings",
    "EgressGuard": "backfin.egress",
    "FeedSettings": "backfin.settings",
    "FileFetcher": "backfin.exchanges.files",
    "Patience": "backfin.exchanges.patience",
    "PoliteClient": "backfin.exchanges.client",
    "PoliteExchange": "backfin.exchanges.polite",
    "PoliteSession": "backfin.http",
    "Politeness": "backfin.settings",
    "WebUrl": "backfin.settings",
    "api_headers": "backfin.exchanges.client",
    "one_line": "backfin.exchanges.texts",
    "plain_text": "backfin.exchanges.texts",
    "read_json": "backfin.exchanges.lenient_json",
    "site_of": "backfin.exchanges.client",
}

__all__ = [
    "COMMA_SEPARATED",
    "EgressGuard",
    "FeedSettings",
    "FileFetcher",
    "Patience",
    "PoliteClient",
    "PoliteExchange",
    "PoliteSession",
    "Politeness",
    "WebUrl",
    "api_headers",
    "one_line",
    "plain_text",
    "read_json",
    "site_of",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'backfin.exchanges' has no attribute {name!r}")
    return getattr(import_module(home), name)
