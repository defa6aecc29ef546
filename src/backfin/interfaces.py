"""What plugins offer: one ``Protocol`` for each kind of component.

Rules that hold for all of them: constructing a component touches neither network nor disk; methods may be
called from many threads at once; errors come from :mod:`backfin.errors`, and their type says whether trying
again can help.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from backfin.models import (
    Alert,
    Announcement,
    Attachment,
    Document,
    Enrichment,
    Fact,
    Issuer,
    Party,
    Reading,
    Receipt,
    Sentiment,
)
from backfin.models.facts import EventType
from backfin.models.model_call import CallLimits, ModelCall


class Pacer(Protocol):
    """Shares politeness between processes: one token per host, and cool-downs after a block.

    What is finer than a host is named ``kind/key``, e.g. one chat of a service.
    """

    def wait(self, host: str, interval_s: float) -> None:
        """Returns when a request to ``host`` may start, at least ``interval_s`` after the one before.

        Raises:
            RateLimited: The host is in a cool-down, or its turn is too far away to wait for.
        """
        ...

    def cool_down(self, host: str, seconds: float, *, why: str) -> None:
        """Opens a cool-down of ``seconds`` (doubled each time until a request succeeds)."""
        ...

    def recovered(self, host: str) -> None:
        """A request succeeded: ends the counting of failures."""
        ...


class ModelLedger(Protocol):
    """What all processes know together about asking models: answers, sums spent, turns and outages."""

    def find(self, key: str) -> ModelCall | None:
        """The latest usable reply to a question, so that it is never paid twice; ``None`` without one."""
        ...

    def begin(self, call: ModelCall, limits: CallLimits) -> float:
        """Writes a call down before it is made. Returns the seconds to wait until it may start.

        Raises:
            BudgetSpent: It would go beyond a budget.
            RateLimited: The service is left alone, or its next turn is too far away.
        """
        ...

    def finish(self, call: ModelCall) -> None:
        """Writes down what came of a call: outcome, reply, tokens and cost."""
        ...

    def failed(self, service: str, limits: CallLimits, *, why: str) -> None:
        """A service gave no answer; several in a row close it for a while."""
        ...

    def stay_away(self, service: str, seconds: float, *, why: str) -> None:
        """A service asked to be left alone."""
        ...

    def answered(self, service: str) -> None:
        """A service answered: ends the counting of failures."""
        ...


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One answer of an exchange's announcement feed.

    Args:
        number: Page number, from 1.
        rows: Raw rows as the exchange sent them, newest first.
        expected: The exchange's own count of rows for the whole query, as this answer states it;
            ``None`` where an exchange gives none.
        content: The answer's bytes, for the archive.
        faults: Names of the faults that were met and retried before this answer came.
        is_whole: Whether the reading lacks nothing as far as the exchange knows; ``False`` where a part of the
            day gave no usable answer, so that without a count nothing is proved.
    """

    number: int
    rows: tuple[Mapping[str, Any], ...]
    expected: int | None
    content: bytes
    faults: tuple[str, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes of an attachment on disk.

    ``path`` is a temporary file that the caller deletes; ``url`` is the address that worked.
    """

    path: Path
    url: str
    size_bytes: int
    media_type: str


#: Keys of a raw row that a parser relies on, each with the types its value may have. An exchange may show its own as an
#: attribute ``row_shape``; `backfin doctor` then names the keys that have changed.
RowShape = Mapping[str, tuple[type, ...]]


@runtime_checkable
class Exchange(Protocol):
    """An exchange's announcement feed. ``fetch_…`` touches the network, ``parse`` is pure.

    An exchange may also have

    - ``follows_calendar: bool``: whether it is polled by the trading calendar (``poll_in_session`` and its siblings in
      its section) unless its section sets ``poll_interval``;
    - ``read_archived(number: int, content: bytes) -> FeedPage``: reads one of its answers as it was archived, so that
      a day can be replayed without the network.
    """

    name: str  #: Lower case, unique, e.g. ``bse``; prefix of every ``announcement_id``.
    mic: str  #: Market identifier code (ISO 10383), e.g. ``XBOM``.
    zone: ZoneInfo  #: Zone of the exchange's days and clocks.
    poll_interval_s: float  #: Seconds between two polls.

    def fetch_day(self, day: date) -> Iterator[FeedPage]:
        """Yields the pages of one day, newest first, until the feed is exhausted.

        The caller stops early when a page brings nothing new. Pages are fetched lazily.

        Raises:
            ExchangeUnavailable: No usable answer (time-out, block page, odd empty, …): never "nothing new".
            RateLimited: Stay away for ``delay`` seconds.
            SourceChanged: The answer's shape is unknown.
        """
        ...

    def parse(self, row: Mapping[str, Any]) -> Announcement:
        """Turns one raw row into an announcement.

        Raises:
            ParseError: The row cannot be read; the others go on.
        """
        ...

    def native_id(self, row: Mapping[str, Any]) -> str:
        """The exchange's own key of a raw row, also of one that cannot be parsed.

        Raises:
            ParseError: The row has no key.
        """
        ...

    def fetch_attachment(self, attachment: Attachment) -> Download:
        """Downloads an attachment, trying its addresses in order.

        Raises:
            AttachmentGone: No address has it.
            ExchangeUnavailable: Trying again can help.
        """
        ...

    def fetch_issuers(self) -> Iterable[Issuer]:
        """All issuers of the exchange: active, suspended and delisted."""
        ...


@runtime_checkable
class DocumentReader(Protocol):
    """Turns bytes of one or more media types into a document."""

    name: str
    media_types: tuple[str, ...]
    priority: int  #: Readers with a lower number are asked first.

    def read(self, path: Path, media_type: str) -> Document:
        """Reads a file. A file that cannot be read is a ``Document`` with method ``none`` and a flag.

        Raises:
            TransientError: The reader itself failed (not the file); trying again can help.
        """
        ...


@dataclass(frozen=True, slots=True)
class Category:
    """One label of a taxonomy.

    ``prior`` is the materiality prior from 0 to 1; ``guidance`` is the text a model is given.
    """

    label: str
    slug: str
    event_type: EventType
    prior: float
    guidance: str


@dataclass(frozen=True, slots=True)
class RulesReading:
    """What a prompt set's own rules read in a filing. It is grounded as every reading is.

    Args:
        category: A label of the set; its event type says which sheet the facts are on.
        facts: All facts of the reading, by field of that sheet; the core's rules add none.
        parties: Parties that the rules found.
        also: Further labels of the set.
        headline: One line; ``""`` leaves it to the core's rules.
        sentiment: How the news stands for the issuer; ``None`` leaves it to the core's rules.
        reason: Why it stands so.
    """

    category: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    parties: tuple[Party, ...] = ()
    also: tuple[str, ...] = ()
    headline: str = ""
    sentiment: Sentiment | None = None
    reason: str = ""


@runtime_checkable
class PromptSet(Protocol):
    """A versioned taxonomy with the words that explain it to a model.

    A set may also have

    - ``facts_prompt(event_type) -> str``: the instructions for reading the facts of one event type; without it
      the core set's are used;
    - ``sheets: Mapping[EventType, type[Sheet]]``: sheets of its own, each a subclass of the core's sheet of that
      event type, whose further fields are asked for, grounded and stored like all others;
    - ``read_by_rules(reading: Reading, event_type: EventType) -> RulesReading | None``: rules of its own, which
      work without a model. ``event_type`` is what the core's rules take the filing for; ``None`` leaves the
      filing to them;
    - ``by_rules_alone: bool``: whether no remote enricher is asked, because its rules read all there is.

    :class:`backfin.enrichment.prompts.FilePromptSet` makes a set from one file.
    """

    @property
    def name(self) -> str:
        """Unique name, e.g. ``core``."""
        ...

    @property
    def version(self) -> str:
        """Changes with every change of the words: results of another version are another reading."""
        ...

    @property
    def categories(self) -> tuple[Category, ...]:
        """The taxonomy."""
        ...

    def applies_to(self, announcement: Announcement) -> bool:
        """Whether this set wants this announcement. The default set takes what nobody else wants."""
        ...

    def system_prompt(self) -> str:
        """Instructions for a model that is asked what a filing is: task, rules, taxonomy."""
        ...


@runtime_checkable
class Enricher(Protocol):
    """Turns a reading into facts."""

    @property
    def name(self) -> str:
        """Unique name, e.g. ``rules``."""
        ...

    @property
    def model(self) -> str:
        """Name of the model behind it, ``""`` for rules."""
        ...

    @property
    def is_remote(self) -> bool:
        """Whether it calls a slow or paid service."""
        ...

    def enrich(self, reading: Reading, prompt_set: PromptSet) -> Enrichment:
        """Reads one announcement.

        Raises:
            ModelBusy, RateLimited: Trying again can help.
            ReplyInvalid, BudgetSpent, ConfigError: It cannot; the next enricher is asked.
        """
        ...


@runtime_checkable
class Notifier(Protocol):
    """A channel. One call tells one address of one filing.

    A channel that can change a message it sent may say so by ``edits_flash = True``: the facts then wait for a
    flash that is on its way, find its receipt in ``alert.previous_receipt``, and a flash that comes after the facts
    is not sent at all.

    A channel that takes digests, and what limits of a watch held back, has
    ``send_digest(digest: Digest, address: str) -> Receipt`` too, with the errors of :meth:`send`;
    :func:`backfin.notifications.render.render_digest` gives the text. A watch with a digest or with limits is refused
    for channels without it.
    """

    name: str
    schemes: tuple[str, ...]  #: URL schemes of the addresses it serves, e.g. ``("http", "https")``.
    accepts_token: bool  #: Whether the provider ignores a second message with the same delivery id.

    def check(self, address: str) -> None:
        """Refuses an address that can never work.

        Raises:
            ConfigError: With one sentence that says what a good address looks like.
            NotConfigured: The address is good and the channel cannot send: the sentence names what is to be set.
                A watch with it is stored, and who adds it is told.
        """
        ...

    def send(self, alert: Alert, address: str) -> Receipt:
        """Sends one alert.

        Raises:
            NotifierUnavailable, RateLimited: Not accepted; trying again can help.
            RecipientGone: The address refuses for good.
            EgressRefused: The address must not be reached from here.
        """
        ...


#: Called with an event after the store knows it.
Observer = Callable[[Any], None]
