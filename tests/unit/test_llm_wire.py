"""What a service may send back, and what of it is believed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from backfin.enrichment.llm_errors import LONGEST_DELAY_S, delay_s
from backfin.enrichment.llm_wire import Completion, completion_in
from backfin.errors import ModelBusy

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def body(content: Any = "hello you", **changes: Any) -> bytes:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
    usage = {"prompt_tokens": 10, "completion_tokens": 5}
    return json.dumps({"choices": [choice], "usage": usage, **changes}).encode()


def test_a_completion_is_its_words_and_what_the_service_counted() -> None:
    assert completion_in(body(), 99) == Completion("hello you", 10, 5)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"<html>Bad gateway</html>",
        b"null",
        b"[]",
        b"{}",
        b'"hi"',
        b'{"choices":' + b"[" * 100_000,
        b'{"choices":[{"message":{"content":"\xff"}}]}',
        body(choices="abc"),
        body(choices=[None]),
        body(content=5),
        body(error={"message": "overloaded", "code": 529}),
    ],
)
def test_anything_else_is_an_outage_in_one_sentence(sent: bytes) -> None:
    with pytest.raises(ModelBusy, match="something else than a completion"):
        completion_in(sent, 99)


@pytest.mark.parametrize("choices", [None, [], [{"finish_reason": "content_filter"}], [{"message": None}]])
def test_a_service_that_says_nothing_has_answered_with_no_words(choices: Any) -> None:
    assert completion_in(body(choices=choices), 99).text == ""


@pytest.mark.parametrize("counted", [0, -1_000_000, "10", 1.5, True, None, 10**30, float("nan")])
def test_a_count_that_cannot_be_one_gives_way_to_the_estimate(counted: Any) -> None:
    usage = {"prompt_tokens": counted, "completion_tokens": counted}
    sent = body(usage=usage).replace(b"NaN", b"-2")

    assert completion_in(sent, 99) == Completion("hello you", 99, 3)


def test_words_in_parts_are_put_together() -> None:
    assert (
        completion_in(body(content=[{"type": "text", "text": "hello "}, {"text": "you"}, 3]), 9).text
        == "hello you"
    )


@pytest.mark.parametrize("said", ["9" * 400, "Wed, 21 Oct 9998 07:28:00 GMT"])
def test_nobody_is_left_alone_for_ever(said: str) -> None:
    assert delay_s(None, said, NOW) == LONGEST_DELAY_S
