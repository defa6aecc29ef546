"""Webhook signatures as the Standard Webhooks specification describes them."""

from __future__ import annotations

import pytest

from backfin.errors import ConfigError
from backfin.notifications.signing import SignatureInvalid, make_secret, sign, verify

BODY = b'{"delivery_id":"d_1"}'


def make_headers(secret: str, stamp: int = 1000) -> dict[str, str]:
    return {
        "Webhook-Id": "d_1",
        "Webhook-Timestamp": str(stamp),
        "Webhook-Signature": sign(secret, "d_1", stamp, BODY),
    }


def test_the_published_example_of_the_specification_is_met() -> None:
    found = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )

    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_signed_delivery_is_accepted() -> None:
    secret = make_secret()

    verify(secret, make_headers(secret), BODY, now_s=1100.0)


def test_while_rotating_both_the_old_and_the_new_secret_accept() -> None:
    old, new = make_secret(), make_secret()

    headers = make_headers(f"{new}, {old}")

    verify(old, headers, BODY, now_s=1000.0)
    verify(new, headers, BODY, now_s=1000.0)


@pytest.mark.parametrize(
    "change",
    [
        {"Webhook-Id": "d_2"},
        {"Webhook-Timestamp": "1001"},
        {"Webhook-Timestamp": "soon"},
        {"Webhook-Signature": "v1,AAAA"},
        {"Webhook-Signature": "v1,é"},
        {"Webhook-Signature": ""},
    ],
)
def test_a_delivery_changed_on_its_way_is_refused(change: dict[str, str]) -> None:
    secret = make_secret()

    with pytest.raises(SignatureInvalid):
        verify(secret, {**make_headers(secret), **change}, BODY, now_s=1000.0)


def test_a_changed_body_another_secret_and_an_old_delivery_are_refused() -> None:
    secret = make_secret()

    with pytest.raises(SignatureInvalid):
        verify(secret, make_headers(secret), BODY + b" ", now_s=1000.0)
    with pytest.raises(SignatureInvalid):
        verify(make_secret(), make_headers(secret), BODY, now_s=1000.0)
    with pytest.raises(SignatureInvalid):
        verify(secret, make_headers(secret), BODY, now_s=1301.0)


@pytest.mark.parametrize("secret", ["", ",", "hunter2", "whsec_", "whsec_not base64!", "whsec_AAAA,plain"])
def test_a_bad_secret_is_named_without_being_shown(secret: str) -> None:
    with pytest.raises(ConfigError, match="WEBHOOK_SECRET") as caught:
        sign(secret, "d_1", 1, b"")

    assert "hunter2" not in str(caught.value)
