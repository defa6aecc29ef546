"""What a person sends by hand: digests of any days, one announcement, and deliveries once more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from backfin.context import Context
from backfin.identity import delivery_id
from backfin.models import Delivery, Digest, Receipt
from backfin.notifications.digests import hand_over
from backfin.specs import Next
from backfin.steps.alert import alert_of
from backfin.steps.digest_content import MOST_SHOWN, digest_of, digest_of_days
from backfin.steps.notify import notify
from backfin.steps.resend import resend


class ByHand:
    """That part of a Backfin."""

    @property
    def context(self) -> Context:
        """What steps are handed."""
        raise NotImplementedError

    def _leave_to_workers(self, following: Sequence[Next]) -> None:
        """Sends messages where there is a broker; the sweep finds what they are about anyway."""
        raise NotImplementedError

    def digest(
        self, since: date, until: date | None = None, rule: str = "*", *, most: int | None = MOST_SHOWN
    ) -> Digest:
        """What a rule matches among the filings of some days, whether or not anybody watches them.

        ``backfin.notifications.render.render_digest`` makes a subject, text and HTML of it.

        Args:
            since: First day, in India.
            until: Last day, included; today when left out.
            rule: As for a watch; an ISIN alone is the digest of one issuer, ``*`` that of all.
            most: How many filings it shows, the most material ones; all when ``None``.

        Raises:
            ConfigError: The rule cannot be read, or the last day lies before the first.
        """
        return digest_of_days(self.context, since, until, rule, most)

    def find_digest(self, delivery_id: str, *, most: int | None = None) -> Digest | None:
        """A digest of the outbox, sent or not; ``None`` when there is none of that id."""
        delivery = self.context.store.deliveries.find(Delivery.id_of(delivery_id))
        is_one = delivery is not None and delivery.is_digest
        return digest_of(self.context, delivery, most) if delivery is not None and is_one else None

    def send_digest(self, digest: Digest, address: str) -> Receipt:
        """Sends a digest to an address at once, by hand: the outbox knows nothing of it.

        Raises:
            ConfigError: No channel serves the address, it is a bad one, or its channel takes no digests.
            NotifierUnavailable, RateLimited: Not accepted; trying again can help.
            RecipientGone, EgressRefused: It never will be.
        """
        notifier = self.context.notifier(address)
        notifier.check(address)
        return hand_over(notifier, digest, address)

    def send_alert(self, announcement_id: str, address: str) -> Receipt:
        """Sends one announcement, with what is known of it by now, to an address at once, by hand.

        Raises:
            PermanentError: The store does not hold it.
            BackfinError: As for :meth:`send_digest`.
        """
        notifier = self.context.notifier(address)
        notifier.check(address)
        filing = self.context.store.announcements.status(announcement_id).filing_id or announcement_id
        key = delivery_id("by hand", filing, self.context.clock.now().isoformat(), address)
        alert = alert_of(self.context, announcement_id, ["sent by hand"], delivery_id=key, filing_id=filing)
        return hand_over(notifier, alert, address)

    def resend(self, ids: Iterable[str], *, again: bool = False) -> list[Delivery]:
        """Sends deliveries once more, at once and past the limits of their watches; returns what came of them.

        One that a channel puts off is tried again by the workers, like every other.

        Args:
            ids: Deliveries that are unsure, failed, expired or muted. For one that the message of another tells,
                that message is sent.
            again: Whether those may be named too that were sent: the person is told once more.

        Raises:
            ConfigError: One is not there, is on its way, or was sent and ``again`` was not said; nothing is sent.
        """
        following = resend(self.context.for_message(None), ids, again=again)
        for item in following:
            later = notify(self.context.for_message(None), item.key, by_hand=True)
            self._leave_to_workers(later)
        return [self.context.store.deliveries.get(item.key) for item in following]
