"""The egress guard refuses whatever is not public, however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.egress import EgressGuard, guarded_session
from backfin.errors import ConfigError, EgressRefused


def guard(*allow: str, found: tuple[str, ...] = ("93.184.215.14",)) -> EgressGuard:
    """A guard whose names all resolve to the same addresses."""
    return EgressGuard(allow, resolve=lambda host, port: list(found))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:db8::1",
        "fc00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(EgressRefused):
        guard(found=(address,)).addresses("innocent.example", 443)
    with pytest.raises(EgressRefused):
        guard().addresses(address, 443)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f::1", "::ffff:93.184.215.14"])
def test_a_public_address_is_reached(address: str) -> None:
    assert guard(found=(address,)).addresses("example.com", 443) == [address]


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "127.0.0.0x1",
        "a b",
        "a/b",
        "a%00b",
        "-a.example",
        "a..b",
        "",
    ],
)
def test_an_odd_host_is_refused(host: str) -> None:
    with pytest.raises(EgressRefused):
        guard("127.0.0.1").addresses(host, 80)


def test_only_the_permitted_addresses_of_a_name_are_used() -> None:
    assert guard(found=("127.0.0.1", "93.184.215.14")).addresses("mixed.example", 80) == ["93.184.215.14"]


@pytest.mark.parametrize(
    ("allow", "host", "found"),
    [
        ("127.0.0.1", "127.0.0.1", ()),
        ("127.0.0.0/8", "localhost", ("127.0.0.1",)),
        ("10.0.0.0/8", "::ffff:10.1.1.1", ()),
        ("hooks.internal", "HOOKS.internal.", ("10.0.0.9",)),
        ("::1", "::1", ()),
    ],
)
def test_what_the_user_allowed_is_reached(allow: str, host: str, found: tuple[str, ...]) -> None:
    assert guard(allow, found=found).addresses(host, 80)


def test_an_allowed_name_opens_no_other_name() -> None:
    with pytest.raises(EgressRefused):
        guard("hooks.internal", found=("10.0.0.9",)).addresses("evil.example", 80)


@pytest.mark.parametrize("entry", ["http://127.0.0.1", "a b", "", "10.0.0.0/99"])
def test_a_senseless_permission_is_a_configuration_error(entry: str) -> None:
    with pytest.raises(ConfigError):
        guard(entry)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "//example.com",
        "http://",
        "http://user:pw@example.com/",
        "http://example.com:99999/",
        "http://[::1]/",
        "http://[::1",
        "http://127.0.0.1:6379/",
        "https://0x7f.1/",
    ],
)
def test_a_url_that_can_never_be_reached_is_refused_without_a_name_server(url: str) -> None:
    with pytest.raises(EgressRefused):
        guard().check_url(url)


def test_an_ordinary_url_passes() -> None:
    guard().check_url("https://hooks.example.com:8443/a?b=c")


def test_a_session_refuses_before_it_connects() -> None:
    with guarded_session() as session, pytest.raises(EgressRefused):
        session.get("http://127.0.0.1:9/")


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_refused(host: str) -> None:
    try:
        found = guard(found=("10.0.0.1",)).addresses(host, 80)
    except EgressRefused:
        return

    assert found != ["10.0.0.1"]
