"""Small components of every kind but exchange and channel, which have files of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from backfin.clock import Clock
from backfin.enrichment.taxonomy import categories
from backfin.identity import enrichment_id
from backfin.interfaces import Category, PromptSet
from backfin.models import Announcement, Document, Enrichment, Reading
from backfin.plugins.services import Services
from backfin.settings import Settings
from backfin.testing.factories import make_document, make_enrichment
from backfin.testing.frozen_clock import FrozenClock


class StillPacer:
    """A pacer that never waits, and notes what it is told.

    Attributes:
        told: ``("cool_down", host)`` and ``("recovered", host)``, oldest first.
    """

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def wait(self, host: str, interval_s: float) -> None:
        """Returns at once."""

    def cool_down(self, host: str, seconds: float, *, why: str) -> None:
        """Notes it."""
        self.told.append(("cool_down", host))

    def recovered(self, host: str) -> None:
        """Notes it."""
        self.told.append(("recovered", host))


class FakeEnricher:
    """Answers an order win, or whatever ``changes`` say; the first asks raise the ``faults``, one each.

    Attributes:
        asked: Every reading it was handed, in order.
    """

    model = ""
    is_remote = False

    def __init__(self, name: str = "fake", faults: tuple[Exception, ...] = (), **changes: Any) -> None:
        self.name = name
        self.faults = list(faults)
        self.asked: list[Reading] = []
        self._changes = changes

    def enrich(self, reading: Reading, prompt_set: PromptSet) -> Enrichment:
        """The answer, under the key that belongs to the reading."""
        self.asked.append(reading)
        if self.faults:
            raise self.faults.pop(0)
        of, documents = reading.announcement.announcement_id, reading.document_ids
        key = enrichment_id(of, documents, self.name, prompt_set.name, prompt_set.version, self.model)
        values = {"enrichment_id": key, "announcement_id": of, "enricher": self.name}
        values |= {"prompt_set": prompt_set.name, "prompt_version": prompt_set.version}
        return make_enrichment(**(values | self._changes))


class FakeReader:
    """Reads every file of its media types as one page of ``text``."""

    def __init__(
        self, text: str = "Order worth Rs. 12.5 crore.", media_types: tuple[str, ...] = ("text/plain",)
    ) -> None:
        self.name = "fake"
        self.media_types = media_types
        self.priority = 0
        self._text = text

    def read(self, path: Path, media_type: str) -> Document:
        """The document."""
        return make_document(self._text, media_type=media_type, size_bytes=path.stat().st_size)


class FakePromptSet:
    """The default taxonomy under another name, for announcements that ``wants`` picks."""

    version = "1"

    def __init__(
        self, name: str = "fake", wants: Callable[[Announcement], bool] = lambda announcement: True
    ) -> None:
        self.name = name
        self._wants = wants

    @property
    def categories(self) -> tuple[Category, ...]:
        """The default taxonomy."""
        return categories()

    def applies_to(self, announcement: Announcement) -> bool:
        """Whether it is wanted."""
        return self._wants(announcement)

    def system_prompt(self) -> str:
        """Every label with its guidance."""
        return "\n".join(f"{one.label}: {one.guidance}" for one in self.categories)


def make_services(
    settings: Settings | None = None, clock: Clock | None = None, secrets: Mapping[str, str] | None = None
) -> Services:
    """What offer hooks are handed: nothing waits, time stands still, a secret is its own name unless given."""
    known = dict(secrets or {})
    return Services(
        settings or Settings(), StillPacer(), clock or FrozenClock(), lambda name: known.get(name, name)
    )
