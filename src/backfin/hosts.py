"""Hosts as people write them: names, addresses and networks."""

from __future__ import annotations

import ipaddress
import re
from ipaddress import IPv4Network, IPv6Network

Network = IPv4Network | IPv6Network

_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*", re.ASCII)


def plain_host(host: str) -> str:
    """A host without what may surround it.

    >>> plain_host(" [::1] "), plain_host("Example.In.")
    ('::1', 'example.in')
    """
    return host.strip().strip("[]").rstrip(".").lower()


def is_host_name(host: str) -> bool:
    """Whether a plain host may be a name; an address in numbers may look like one, too.

    >>> is_host_name("hooks.example.in"), is_host_name("no host!")
    (True, False)
    """
    return _NAME.fullmatch(host) is not None


def host_or_network(entry: str) -> str | Network:
    """The network an entry of a list of hosts names, an address being one of its own, or the name of a host.

    >>> host_or_network("10.1.2.3/8"), host_or_network("Example.In")
    (IPv4Network('10.0.0.0/8'), 'example.in')

    Raises:
        ValueError: It is neither.
    """
    plain = plain_host(entry)
    try:
        return ipaddress.ip_network(plain, strict=False)
    except ValueError:
        if not is_host_name(plain):
            raise ValueError(
                f"{entry!r} is no host; write host names, addresses or networks like 10.0.0.0/8"
            ) from None
        return plain
