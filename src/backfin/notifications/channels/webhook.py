"""The webhook channel: a signed POST of JSON, as the Standard Webhooks specification describes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import requests

from backfin.clock import Clock, SystemClock
from backfin.egress import EgressGuard, guarded_session
from backfin.errors import ConfigError, EgressRefused, NotifierUnavailable, RateLimited, RecipientGone
from backfin.http_faults import retry_after_s
from backfin.models import Alert, Digest, Receipt
from backfin.notifications.addresses import bad_address, mask, scheme_of
from backfin.notifications.payload import payload_bytes
from backfin.notifications.signing import sign

#: Seconds to stay away when a receiver asks for it without saying how long.
_DEFAULT_DELAY_S = 60.0

#: Longest time a receiver can keep us away, in seconds.
_MOST_DELAY_S = 6 * 3600.0


class WebhookNotifier:
    """Posts alerts to web addresses. The receiver tells a repetition by its ``webhook-id``.

    Args:
        secret: Gives the signing secret, several with commas between while rotating; asked at each send.
        allow: Private hosts and networks that may be reached.
        timeout_s: Seconds to wait for a connection, and again for an answer.
    """

    name = "webhook"
    schemes: tuple[str, ...] = ("http", "https")
    accepts_token = True

    def __init__(
        self,
        secret: Callable[[], str],
        *,
        allow: Sequence[str] = (),
        timeout_s: float = 15.0,
        clock: Clock | None = None,
    ) -> None:
        self._secret = secret
        self._allow = tuple(allow)
        self._timeout_s = timeout_s
        self._clock = clock or SystemClock()

    def check(self, address: str) -> None:
        """Refuses what is not a web address.

        Raises:
            ConfigError: With a sentence that shows good addresses.
        """
        try:
            parts = urlsplit(address)
            is_web = scheme_of(address) in self.schemes and bool(parts.hostname) and parts.port != 0
            has_password = "@" in parts.netloc
        except ValueError as error:
            raise bad_address(address, "is not a web address") from error
        if not is_web:
            raise bad_address(address, "is not a web address")
        if has_password:
            raise bad_address(address, "has a name or password in it, which a signed webhook does not need")
        try:
            EgressGuard(self._allow).check_url(address)
        except EgressRefused as error:
            raise ConfigError(str(error)) from error

    def send(self, alert: Alert, address: str) -> Receipt:
        """Posts the alert once.

        Raises:
            NotifierUnavailable: The receiver is down, slow or answers 5xx.
            RateLimited: It asks to be left alone for a while.
            RecipientGone: It refuses for good, or sends us elsewhere.
            EgressRefused: Its address is private and not allowed.
            ConfigError: The signing secret is no good.
        """
        return self._post_signed(alert, address)

    def send_digest(self, digest: Digest, address: str) -> Receipt:
        """Posts the digest likewise."""
        return self._post_signed(digest, address)

    def _post_signed(self, message: Alert | Digest, address: str) -> Receipt:
        now = self._clock.now()
        body = payload_bytes(message, now)
        status, headers = self._post(address, body, self._headers(message.delivery_id, now, body))
        _judge(status, headers, address, now)
        return Receipt(detail={"status": status})

    def _headers(self, message_id: str, now: datetime, body: bytes) -> dict[str, str]:
        timestamp_s = int(now.timestamp())
        return {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "backfin-webhook/1",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp_s),
            "webhook-signature": sign(self._secret(), message_id, timestamp_s, body),
        }

    def _post(self, address: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        shown = mask(address)
        try:
            with (
                guarded_session(self._allow) as session,
                session.post(
                    address,
                    data=body,
                    headers=headers,
                    timeout=self._timeout_s,
                    allow_redirects=False,
                    stream=True,
                ) as answer,
            ):
                return answer.status_code, {name.lower(): value for name, value in answer.headers.items()}
        except requests.Timeout as error:
            raise NotifierUnavailable(f"{shown} did not answer in {self._timeout_s:g} s.") from error
        except (requests.exceptions.InvalidURL, UnicodeError) as error:
            raise RecipientGone(f"{shown} is no address that can be reached; correct the watch.") from error
        except (requests.RequestException, OSError) as error:
            raise NotifierUnavailable(
                f"{shown} cannot be reached ({type(error).__name__}); is it up?"
            ) from error


def _judge(status: int, headers: dict[str, str], address: str, now: datetime) -> None:
    """Accepts 2xx and turns every other answer into the error that says whether to try again."""
    shown = mask(address)
    retry_after = headers.get("retry-after")
    if 200 <= status < 300:
        return
    if status in (408, 425, 429) or (status == 503 and retry_after):
        delay_s = retry_after_s(retry_after, now, longest_s=_MOST_DELAY_S) or _DEFAULT_DELAY_S
        raise RateLimited(f"{shown} asks to be left alone for {delay_s:g} s.", delay=delay_s, status=status)
    if 300 <= status < 400:
        raise RecipientGone(
            f"{shown} redirects elsewhere, which is not followed; give the watch the final address.",
            status=status,
        )
    if 400 <= status < 500:
        raise RecipientGone(f"{shown} refuses with status {status}; correct or remove it.", status=status)
    raise NotifierUnavailable(f"{shown} answered with status {status}.", status=status)
