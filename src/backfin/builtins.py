"""The built-in components, offered through the same hooks as anybody's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from backfin.documents.reading import built_in_readers
from backfin.enrichment.llm import LlmEnricher
from backfin.enrichment.prompts import CorePromptSet
from backfin.enrichment.rules.unloaded import UnloadedRules
from backfin.exchanges.bse import BseExchange
from backfin.interfaces import DocumentReader, Enricher, Exchange, Notifier, PromptSet
from backfin.notifications.channels import build_channels
from backfin.notifications.unsubscribe import SECRET_NAME
from backfin.plugins import hookimpl
from backfin.plugins.services import Services


class Bse:
    """The BSE feed."""

    @hookimpl
    def backfin_exchanges(self, config: Any, services: Services) -> Iterable[Exchange]:
        """BSE, unless it is switched off."""
        section = services.settings.exchanges.bse
        return [BseExchange(section, services.pacer)] if section.enabled else []


class Documents:
    """PDF, HTML and XML."""

    @hookimpl
    def backfin_document_readers(self, config: Any, services: Services) -> Iterable[DocumentReader]:
        """Readers that share one pool of child processes."""
        return built_in_readers(services.settings.documents)


class Llm:
    """A model service, where one is configured."""

    @hookimpl
    def backfin_enrichers(self, config: Any, services: Services) -> Iterable[Enricher]:
        """Asked first. Declines without a key: the rules then work alone."""
        return [LlmEnricher(services.settings.llm, services.clock, services.ledger)]


class Rules:
    """The default taxonomy, and the rules that read without a model."""

    @hookimpl
    def backfin_prompt_sets(self, config: Any) -> Iterable[PromptSet]:
        """The default taxonomy."""
        return [CorePromptSet()]

    @hookimpl
    def backfin_enrichers(self, config: Any, services: Services) -> Iterable[Enricher]:
        """The rules, always."""
        return [UnloadedRules(services.clock)]


class Channels:
    """Console, file, e-mail, signed webhook, Apprise."""

    @hookimpl
    def backfin_notifiers(self, config: Any, services: Services) -> Iterable[Notifier]:
        """One notifier per channel."""
        settings = services.settings
        return build_channels(
            settings.notifications,
            settings.egress,
            lambda: services.secret("webhook"),
            clock=services.clock,
            unsubscribe_secret=lambda: services.secret(SECRET_NAME),
        )


#: Name → plugin object, in the order in which they are asked.
BUILT_INS: tuple[tuple[str, object], ...] = (
    ("bse", Bse()),
    ("documents", Documents()),
    ("llm", Llm()),
    ("rules", Rules()),
    ("channels", Channels()),
)
