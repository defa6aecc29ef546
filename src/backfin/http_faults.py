"""What an HTTP failure means: a typed error with a fault name."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    IncompleteRead,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)

from backfin.errors import (
    AttachmentGone,
    BackfinError,
    EgressRefused,
    ExchangeUnavailable,
    NotifierUnavailable,
    RateLimited,
    RecipientGone,
    SourceChanged,
)

#: A ``Retry-After`` beyond this is not believed where nothing else is said, in seconds.
LONGEST_RETRY_AFTER_S = 24 * 3600.0

#: How long a channel is left alone that does not say for how long, in seconds, and how much of its words is told.
_LEFT_ALONE_S, _SAID_CHARS = 30.0, 80

_SECONDS = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_UNCONNECTED = (NewConnectionError, NameResolutionError, ConnectTimeoutError)
_BAD_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
)


def check_status(response: requests.Response, *, cooldown_s: float, is_file: bool) -> None:
    """Returns for status 200 and raises a typed error for any other.

    Args:
        response: The answer; its body is not touched.
        cooldown_s: Seconds to stay away when a rate limit states no time.
        is_file: Whether "not found" means that a file is gone.
    """
    status = response.status_code
    if status == HTTPStatus.OK:
        return
    url = str(response.url)
    host = urlsplit(url).hostname
    facts = {"status": status, "url": url, "host": host}
    retry_after = response.headers.get("Retry-After")
    if status in _REDIRECTS:
        target = response.headers.get("Location", "")
        raise ExchangeUnavailable(
            f"{host} sends us on to {target or 'nowhere'}, which is not followed; try again later.",
            target=target,
            fault="redirect",
            **facts,
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.SERVICE_UNAVAILABLE and retry_after):
        delay = retry_after_s(retry_after, datetime.now(UTC)) or cooldown_s
        raise RateLimited(
            f"{host} asks us to stay away for {delay:.0f} s.", delay=delay, fault="rate_limited", **facts
        )
    raise _refusal(status, is_file, facts)


def check_taken(response: requests.Response) -> None:
    """Returns when a channel took a message by status 2xx, and raises what that means for any other.

    Args:
        response: The answer of a chat or webhook.

    Raises:
        RateLimited: It asks to be left alone for a while; half a minute when it does not say for how long.
        RecipientGone: It refuses the message or its address; trying again cannot help.
        NotifierUnavailable: It failed. A gateway that gave up does not know what became of the message.
    """
    status = response.status_code
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        delay_s = retry_after_s(response.headers.get("Retry-After"), datetime.now(UTC)) or _LEFT_ALONE_S
        raise RateLimited(f"The channel asks to be left alone for {delay_s:g} s.", delay=delay_s)
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        said = " ".join(response.text[:_SAID_CHARS].split())
        raise RecipientGone(f"The channel refuses ({said or status}); give the watch another address.")
    is_gateway = status in (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT)
    raise NotifierUnavailable(f"The channel answers with status {status}.", maybe_sent=is_gateway)


def _refusal(status: int, is_file: bool, facts: dict[str, object]) -> BackfinError:
    host = facts["host"]
    if status == HTTPStatus.FORBIDDEN:
        return ExchangeUnavailable(f"{host} answered with a block page.", fault="block_page", **facts)
    if is_file and status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return AttachmentGone(f"{host} has no such file.", fault="not_found", **facts)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return ExchangeUnavailable(
            f"{host} failed with status {status}; try again later.", fault=f"error_{status}", **facts
        )
    return SourceChanged(
        f"{host} answered with status {status}; its addresses or rules may have changed.",
        fault=f"error_{status}",
        **facts,
    )


def retry_after_s(
    value: str | None, now: datetime, *, longest_s: float = LONGEST_RETRY_AFTER_S
) -> float | None:
    """Seconds that a ``Retry-After`` header asks for, at least 1; ``None`` when it says nothing.

    >>> retry_after_s("120", datetime(2026, 7, 1, tzinfo=UTC))
    120.0
    >>> retry_after_s("Wed, 01 Jul 2026 00:00:30 GMT", datetime(2026, 7, 1, tzinfo=UTC))
    30.0
    >>> retry_after_s("1.5", datetime(2026, 7, 1, tzinfo=UTC)), retry_after_s("soon", datetime.now(UTC))
    (1.5, None)

    Args:
        value: The header: seconds, which services of models give with a fraction, or a date.
        now: When it was sent.
        longest_s: However long it asks for, no more than this is believed, in seconds.
    """
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        seconds = float(text)
    else:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (aware - now).total_seconds()
    return min(max(seconds, 1.0), longest_s)


def translated(error: requests.RequestException, url: str) -> BackfinError:
    """The typed error for what ``requests`` raised."""
    if isinstance(error, _BAD_ADDRESS):
        return EgressRefused("The address is no URL that can be reached.", url=url, fault="bad_address")
    fault = _fault(error)
    host = urlsplit(url).hostname
    return ExchangeUnavailable(
        f"{host} gave no usable answer ({fault}); try again later.", url=url, host=host, fault=fault
    )


def never_connected(error: Exception) -> bool:
    """Whether what ``requests`` raised came before a connection: then nothing was sent, for certain.

    A broken connection leaves a doubt, and so does a missing answer: the other side may have done what was asked.
    """
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    is_stranger = isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(
        reason
    )
    return is_stranger or isinstance(reason, _UNCONNECTED)


def _fault(error: requests.RequestException) -> str:
    causes = list(_causes(error))
    if any(isinstance(cause, requests.Timeout | ReadTimeoutError | TimeoutError) for cause in causes):
        return "timeout"
    if any(isinstance(cause, IncompleteRead) for cause in causes):
        return "truncated"
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return "garbled"
    if any(isinstance(cause, ConnectionResetError | BrokenPipeError) for cause in causes):
        return "reset"
    return "connection"


def _causes(error: BaseException) -> list[BaseException]:
    """An error, what it wraps and what caused it, flattened."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(found) < 20:
        cause = waiting.pop()
        if isinstance(cause, BaseException) and cause not in found:
            found.append(cause)
            waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
    return found
