"""What the status of a chat's answer means."""

from __future__ import annotations

import pytest
import requests

from backfin.errors import BackfinError, NotifierUnavailable, RateLimited, RecipientGone
from backfin.http_faults import check_taken


def answer(status: int, text: str = "", **headers: str) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made._content = text.encode()
    made.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return made


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_message_is_taken(status: int) -> None:
    check_taken(answer(status))


@pytest.mark.parametrize(
    ("status", "kind", "is_doubtful"),
    [
        (302, NotifierUnavailable, False),
        (400, RecipientGone, None),
        (404, RecipientGone, None),
        (500, NotifierUnavailable, False),
        (502, NotifierUnavailable, True),
        (503, NotifierUnavailable, False),
        (504, NotifierUnavailable, True),
    ],
)
def test_any_other_says_whether_to_try_again(
    status: int, kind: type[BackfinError], is_doubtful: bool | None
) -> None:
    with pytest.raises(kind) as caught:
        check_taken(answer(status, "no_service\n"))

    assert caught.value.facts.get("maybe_sent") is is_doubtful


def test_a_refusal_tells_what_was_said_and_not_all_of_it() -> None:
    with pytest.raises(RecipientGone, match=r"refuses \(no such webhook x+\); give") as caught:
        check_taken(answer(404, "no such\nwebhook " + "x" * 500))

    assert len(str(caught.value)) < 180


@pytest.mark.parametrize(("headers", "delay_s"), [({}, 30.0), ({"Retry_After": "7"}, 7.0)])
def test_a_limit_says_for_how_long(headers: dict[str, str], delay_s: float) -> None:
    with pytest.raises(RateLimited) as caught:
        check_taken(answer(429, **headers))

    assert caught.value.delay == delay_s
