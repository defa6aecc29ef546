"""The headers by which mail readers offer to unsubscribe (RFC 2369 and RFC 8058)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from urllib.parse import quote

from backfin.notifications.clean import fit, one_line
from backfin.notifications.unsubscribe import make_token

#: Longest list of watches in the subject of a mail that unsubscribes.
_NAMES_CHARS = 200


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """How people unsubscribe: a page, a mailbox, or both.

    Args:
        url: Address of the page, with ``{token}`` in it.
        mailbox: The mailbox, the sender's when left out.
        secret: Gives the secret that signs tokens.
    """

    url: str | None = None
    mailbox: str | None = None
    secret: Callable[[], str] = str

    def add_to(self, message: EmailMessage, sender: str, address: str, watches: Sequence[str]) -> None:
        """Adds the headers of a message that some watches tell an address."""
        subject = quote(f"unsubscribe {fit(one_line(', '.join(watches)), _NAMES_CHARS)}", safe="")
        places = [f"<mailto:{self.mailbox or sender}?subject={subject}>"]
        if self.url is not None:
            token = make_token(self.secret(), address, watches)
            places.insert(0, f"<{self.url.replace('{token}', token)}>")
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message["List-Unsubscribe"] = ", ".join(places)


class _AddressList:
    """A header of addresses: folded between two of them, never within one, which would be encoded and useless."""

    max_count = 1
    parse = UnstructuredHeader.parse
    value_parser = UnstructuredHeader.value_parser

    def fold(self, *, policy: Policy) -> str:
        """The header as it is sent."""
        line_end = policy.linesep
        name: str = self.name  # type: ignore[attr-defined]
        return f"{name}: {str(self).replace(', ', f',{line_end} ')}{line_end}"


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    registry.map_to_type("list-unsubscribe", _AddressList)  # type: ignore[arg-type]
    return registry


#: How mails are written.
WIRE = SMTP.clone(header_factory=_registry())
