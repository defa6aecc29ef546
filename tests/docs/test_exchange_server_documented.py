"""``docs/exchange-server.md`` and the exchange server speak of the same faults and options."""

from __future__ import annotations

import re
from pathlib import Path

from backfin.testing.exchange_faults import FAULTS
from backfin.testing.exchange_server import _parser

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "exchange-server.md").read_text(encoding="utf-8")

#: What a fault can happen to, in words.
WORDS = {"any": "anything", "feed": "the feed", "file": "attachments"}


def test_the_docs_list_every_fault_with_what_it_happens_to() -> None:
    listed = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", DOCS, flags=re.MULTILINE))

    assert listed == {name: WORDS[kind] for name, kind in FAULTS.items()}


def test_the_docs_list_every_option() -> None:
    listed = set(re.findall(r"^\| `(--[a-z-]+)", DOCS, flags=re.MULTILINE))

    assert listed == set(re.findall(r"--[a-z-]+", _parser().format_usage()))
