"""Tokens of unsubscribe links cannot be made or changed by strangers, and say whose watch is meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from backfin.notifications.unsubscribe import TokenInvalid, Unsubscription, make_token, read_token
from backfin.settings import NotificationSettings

TOKEN = make_token("secret", "mailto:asha@oak.example", ["orders", "ratings"])


@given(st.text(), st.lists(st.text(), max_size=5))
def test_a_token_says_what_it_was_made_of(address: str, watches: list[str]) -> None:
    try:
        (address + "".join(watches)).encode()
    except UnicodeEncodeError:
        return
    token = make_token("secret", address, watches)

    found = read_token("secret", token)

    assert found.address == address
    assert found.watches in (tuple(watches), ())
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_token_of_too_many_watches_names_the_address_alone() -> None:
    token = make_token("secret", "mailto:asha@oak.example", [f"watch number {n}" for n in range(200)])

    assert read_token("secret", token) == Unsubscription("mailto:asha@oak.example", ())
    assert len(token) < 1300


@pytest.mark.parametrize("place", range(0, len(TOKEN), 3))
def test_no_letter_of_a_token_can_be_changed(place: int) -> None:
    other = "A" if TOKEN[place] != "A" else "B"

    with pytest.raises(TokenInvalid, match="open the whole link"):
        read_token("secret", TOKEN[:place] + other + TOKEN[place + 1 :])


@pytest.mark.parametrize(
    "token", ["", ".", TOKEN[:-1], TOKEN + "A", TOKEN + "=", TOKEN.replace(".", ""), "₹.₹"]
)
def test_a_torn_token_is_refused(token: str) -> None:
    with pytest.raises(TokenInvalid):
        read_token("secret", token)


def test_a_token_of_another_secret_is_refused() -> None:
    with pytest.raises(TokenInvalid):
        read_token("other", TOKEN)


@given(st.text())
def test_no_text_breaks_the_reading(token: str) -> None:
    with pytest.raises(TokenInvalid):
        read_token("secret", token)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/{token}",
        "https://a.example/",
        "https://a.example/{token}/{token}",
        "{token}",
        "https://a b/{token}",
    ],
)
def test_a_page_that_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match=r"https://alerts\.example\.in/unsubscribe/\{token\}"):
        NotificationSettings(unsubscribe_url=url)
