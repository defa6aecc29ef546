"""A model that answers the same to the same question, as far as a pattern can tell."""

from __future__ import annotations

import json
import re
from typing import Any

from backfin.enrichment.llm_service import tokens_of
from backfin.enrichment.llm_wire import Completion
from backfin.testing.llm_server import plain_reply

_ORDER = re.compile(r"received an order worth (Rs\. [\d.]+ crore) from ([A-Z][\w ]+ Limited)")


def answer_to(messages: list[dict[str, str]], schema: dict[str, Any]) -> Completion:
    """The answer to a question, cut to what it asks for."""
    found = _ORDER.search(messages[-1]["content"])
    reply = plain_reply()
    if found is not None:
        reply = plain_reply(
            category="New Order",
            event_type="order_win",
            headline=f"Order worth {found[1]}",
            summary=f"The company received an order worth {found[1]} from {found[2]}.",
            facts=[{"field": "order_value", "value": found[1], "page": 1, "quote": found[0]}],
        )
    wanted = {key: value for key, value in reply.items() if key in schema["properties"]}
    return Completion(json.dumps(wanted), tokens_of(messages), 200)
