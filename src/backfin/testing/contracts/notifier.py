"""The contract of a channel."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from itertools import count
from threading import Lock
from typing import Any
from unittest import SkipTest

from backfin.errors import ConfigError, NotifierUnavailable, RateLimited, RecipientGone
from backfin.interfaces import Notifier
from backfin.models import Alert, Digest, Phase, Receipt
from backfin.testing.contracts.checking import THREADS, at_once, nothing_is_touched, raised
from backfin.testing.factories import make_alert, make_announcement, make_digest, make_enrichment

#: Words as filings were met with: other scripts, markup, line ends, control characters, a very long one.
_WORDS = (
    "कंपनी को आदेश",
    "<script>alert(1)</script>",
    "a\r\nBcc: x@y.z",
    "\x00\x1b[31m",
    "₹ & “x”",
    "long " * 3000,
)

#: How often a channel may ask for patience when many send at once.
_PATIENCE = 200


class NotifierContract:
    """Checks a channel, and that its digests arrive where it has ``send_digest``.

    Example::

        class TestMyChannel(NotifierContract):
            good_addresses = ("mine:somebody",)
            bad_addresses = ("mine:",)

            def make(self):
                return MyChannel(...)

            def received(self):
                return self.server.bodies
    """

    good_addresses: Sequence[str] = ()  #: Addresses it serves; alerts are sent to the first.
    bad_addresses: Sequence[str] = ()  #: Addresses that can never work.

    def make(self) -> Notifier:
        """A new channel that sends where :meth:`received` can see it."""
        raise NotImplementedError("make() returns the channel to check")

    def received(self) -> Sequence[str]:
        """Each message that arrived so far, as text."""
        raise SkipTest("received() tells nothing")

    def make_unreachable(self) -> tuple[Notifier, str]:
        """A channel whose service is down, and an address of it."""
        raise SkipTest("make_unreachable() returns no channel")

    def gone_address(self) -> str:
        """An address that refuses for good."""
        raise SkipTest("gone_address() names no address")

    def test_making_one_touches_neither_network_nor_disk(self) -> None:
        self.make()  # whatever is imported late is imported by now
        with nothing_is_touched():
            self.make()

    def test_it_says_who_it_is(self) -> None:
        notifier = self.make()

        assert isinstance(notifier, Notifier), "it lacks an attribute or a method of Notifier"
        assert notifier.name
        assert notifier.schemes, "it serves at least one scheme"
        assert all(re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme) for scheme in notifier.schemes)
        assert isinstance(notifier.accepts_token, bool)

    def test_good_addresses_pass(self) -> None:
        notifier = self.make()
        assert self.good_addresses, "good_addresses is empty"

        for address in self.good_addresses:
            notifier.check(address)
            assert address.partition(":")[0].lower() in notifier.schemes

    def test_bad_addresses_are_refused_with_a_sentence(self) -> None:
        notifier = self.make()

        for address in (*self.bad_addresses, "", "no scheme"):
            error = raised(lambda address=address: notifier.check(address), ConfigError)  # type: ignore[misc]
            assert len(str(error)) > 20, f"say what a good address looks like, not {error}"

    def test_an_alert_of_each_phase_arrives_once(self) -> None:
        notifier = self.make()
        before = len(self.received())

        for alert in _alerts(Phase.FLASH, Phase.ENRICHED):
            receipt = notifier.send(alert, self.good_addresses[0])
            assert isinstance(receipt, Receipt)
            json.dumps(receipt.model_dump(mode="json"))

        arrived = self.received()[before:]
        assert len(arrived) == 2, f"two alerts were sent and {len(arrived)} arrived"
        assert all("Saraswati" in text for text in arrived), "an alert names the company"

    def test_a_digest_arrives_once_and_counts_its_filings(self) -> None:
        for filings in (2, 50):
            before = len(self.received())

            alerts = tuple(_alerts(*[Phase.ENRICHED] * filings))
            key = f"d_contract_digest_{next(_numbers)}"
            receipt = self._send_digest(make_digest(*alerts, delivery_id=key, count=321))

            assert isinstance(receipt, Receipt)
            arrived = self.received()[before:]
            assert len(arrived) == 1, f"one digest was sent and {len(arrived)} arrived"
            assert "321" in arrived[0], "a digest says how many filings there are, shown or not"
            assert "Saraswati" in arrived[0], "a digest names the companies"

    def _send_digest(self, digest: Digest) -> Receipt:
        channel: Any = self.make()
        if not callable(getattr(channel, "send_digest", None)):
            raise SkipTest("it has no send_digest: watches with a digest or with limits are refused for it")
        receipt: Receipt = channel.send_digest(digest, self.good_addresses[0])
        return receipt

    def test_no_words_of_a_filing_break_it(self) -> None:
        notifier = self.make()
        before = len(self.received())

        for number, words in enumerate(_WORDS):
            announcement = make_announcement(subject=words, headline=words, issuer_name=words)
            enrichment = make_enrichment(headline=words, summary=words)
            alert = make_alert(
                delivery_id=f"d_words_{number}", announcement=announcement, enrichment=enrichment
            )
            notifier.send(alert, self.good_addresses[0])

        assert len(self.received()) - before == len(_WORDS)

    def test_many_threads_may_send_at_once(self) -> None:
        notifier = self.make()
        before = len(self.received())
        alerts, lock = _alerts(*[Phase.ENRICHED] * THREADS), Lock()

        def send() -> None:
            with lock:
                alert = next(alerts)
            for _ in range(_PATIENCE):
                try:
                    notifier.send(alert, self.good_addresses[0])
                except RateLimited:
                    time.sleep(0.05)
                else:
                    return
            raise AssertionError("it says RateLimited for ever")

        at_once(send)

        assert len(self.received()) - before == THREADS

    def test_a_service_that_is_down_is_unavailable(self) -> None:
        notifier, address = self.make_unreachable()

        raised(lambda: notifier.send(make_alert(), address), NotifierUnavailable)

    def test_an_address_that_refuses_for_good_is_gone(self) -> None:
        notifier, address = self.make(), self.gone_address()

        raised(lambda: notifier.send(make_alert(), address), RecipientGone)


_numbers = count(1)


def _alerts(*phases: Phase) -> Iterator[Alert]:
    for phase in phases:
        enrichment = make_enrichment() if phase is Phase.ENRICHED else None
        yield make_alert(delivery_id=f"d_contract_{next(_numbers)}", phase=phase, enrichment=enrichment)
