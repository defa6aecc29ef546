"""Which addresses may be reached: public ones, and those the user allowed.

A name is resolved when a connection is opened, every address is checked, and the connection goes to a checked
address: a name that resolves to something else a moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from http.cookiejar import DefaultCookiePolicy
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from backfin.errors import ConfigError, EgressRefused
from backfin.hosts import Network, host_or_network, is_host_name, plain_host

Address = IPv4Address | IPv6Address

#: Connections kept open for each host.
POOL_SIZE = 32

#: Seconds for connecting and between two pieces of an answer, where a caller states none.
DEFAULT_TIMEOUT_S = (10.0, 30.0)

_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.ASCII)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_V6 = (ipaddress.IPv6Network("64:ff9b:1::/48"), ipaddress.IPv6Network("fec0::/10"))


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class EgressGuard:
    """Decides which hosts may be reached.

    Args:
        allow: Host names, addresses and networks that may be reached although they are private.
        resolve: ``(host, port) -> addresses``; the system's resolver by default.

    Raises:
        ConfigError: An entry of ``allow`` is neither a host name nor an address nor a network.
    """

    def __init__(
        self, allow: Sequence[str] = (), *, resolve: Callable[[str, int], list[str]] = _resolve
    ) -> None:
        self._resolve = resolve
        self._names: set[str] = set()
        self._networks: list[Network] = []
        for entry in allow:
            self._admit(entry)

    def check_url(self, url: str) -> None:
        """Refuses a URL that can be refused without asking a name server.

        Raises:
            EgressRefused: No ``http`` or ``https``, an odd host, or a private address.
        """
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise EgressRefused("The address is no URL; write it like https://host/path.", url=url) from None
        if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
            raise EgressRefused(
                "Only http and https addresses without a user name in them can be reached.", url=url
            )
        address = self._literal(host)
        if address is not None and not self._permits(address):
            raise self._refusal(host, [str(address)])

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of ``host`` that may be reached, in the resolver's order.

        Raises:
            EgressRefused: None of them may be reached, or the host is written oddly.
            OSError: The name cannot be resolved.
        """
        literal = self._literal(host)
        found = [str(literal)] if literal is not None else self._resolve(host, port)
        if plain_host(host) in self._names:
            return found
        permitted = [text for text in found if self._permits(ipaddress.ip_address(text.partition("%")[0]))]
        if not permitted:
            raise self._refusal(host, found)
        return permitted

    def _admit(self, entry: str) -> None:
        try:
            found = host_or_network(entry)
        except ValueError as error:
            raise ConfigError(f"egress.allow: {error}.") from None
        if isinstance(found, str):
            self._names.add(found)
        else:
            self._networks.append(found)

    def _literal(self, host: str) -> Address | None:
        """The address a host is written as, or ``None`` for a name."""
        name = plain_host(host)
        try:
            return ipaddress.ip_address(name)
        except ValueError:
            pass
        try:
            ascii_name = name if name.isascii() else name.encode("idna").decode()
        except UnicodeError:
            ascii_name = ""
        if not is_host_name(ascii_name) or _NUMBER.fullmatch(ascii_name.rpartition(".")[2]):
            raise EgressRefused(f"The host {host!r} is written oddly; use its name.", host=host)
        return None

    def _permits(self, address: Address) -> bool:
        inner = _embedded(address)
        if any(candidate in network for candidate in (address, *inner) for network in self._networks):
            return True
        return all(_is_public(candidate) for candidate in (address, *inner))

    def _refusal(self, host: str, found: Sequence[str]) -> EgressRefused:
        return EgressRefused(
            f"{host} is a private address; list it in BACKFIN_EGRESS__ALLOW if it should be reached.",
            host=host,
            addresses=tuple(found),
        )


def _embedded(address: Address) -> tuple[Address, ...]:
    """IPv4 addresses carried inside an IPv6 one."""
    if isinstance(address, IPv4Address):
        return ()
    inner: list[IPv4Address | None] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or int(address) >> 32 == 0:
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(found for found in inner if found is not None)


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        if any(address in network for network in _LOCAL_V6):
            return False
        if address.ipv4_mapped is not None:
            return True  # judged by the address inside
    return address.is_global and not address.is_multicast and not address.is_reserved


class _Guarded:
    """Mixed into a connection: opens its socket to a checked address only."""

    guard: EgressGuard

    def _new_conn(self: Any) -> socket.socket:
        try:
            addresses = self.guard.addresses(self.host, self.port)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        failure: OSError | None = None
        for address in addresses:
            try:
                return create_connection(
                    (address, self.port),
                    self.timeout,
                    source_address=self.source_address,
                    socket_options=self.socket_options,
                )
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(self, f"Connecting to {self.host} timed out.") from failure
        raise NewConnectionError(self, f"Connecting to {self.host} failed: {failure}") from failure


class GuardedAdapter(HTTPAdapter):
    """Sends requests over checked connections only, never through a proxy, always with a time-out."""

    def __init__(self, guard: EgressGuard) -> None:
        super().__init__(pool_connections=POOL_SIZE, pool_maxsize=POOL_SIZE)
        plain = type("GuardedConnection", (_Guarded, HTTPConnection), {"guard": guard})
        secure = type("GuardedTlsConnection", (_Guarded, HTTPSConnection), {"guard": guard})
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("GuardedPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("GuardedTlsPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """Sends one request; proxies are ignored, a missing time-out is filled in."""
        kwargs["proxies"] = {}
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = DEFAULT_TIMEOUT_S
        return super().send(request, *args, **kwargs)


class StraightSession(requests.Session):
    """A session that follows no redirect, reads no environment and keeps no cookie."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(_NoCookies())

    def get_redirect_target(self, resp: Any) -> None:
        """No answer is a redirect to this session."""
        return


class _NoCookies(DefaultCookiePolicy):
    def set_ok(self, cookie: Any, request: Any) -> bool:
        return False


#: Makes an adapter that carries requests to addresses its guard permits, and to no other.
Transport = Callable[[EgressGuard], BaseAdapter]


def guarded_session(allow: Sequence[str] = (), transport: Transport | None = None) -> requests.Session:
    """Makes a session that reaches public addresses and those in ``allow``, and nothing else.

    It follows no redirects, reads no environment, keeps no cookies, and may be shared by threads. Sending
    raises ``EgressRefused`` where the address must not be reached, and what ``requests`` raises otherwise.
    """
    session = StraightSession()
    adapter = (transport or GuardedAdapter)(EgressGuard(allow))
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session
