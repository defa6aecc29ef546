"""The eight hooks. An implementation may name fewer arguments than its hook has, in any order.

``config`` is the validated ``[plugin.<name>]`` section, or ``None`` for a plugin without a config model.
Any hook may raise :class:`backfin.errors.NotConfigured` while loading: the plugin is then *off*, not broken.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy
from pydantic import BaseModel

from backfin.interfaces import DocumentReader, Enricher, Exchange, Notifier, PromptSet
from backfin.models.events import Event
from backfin.plugins import PROJECT
from backfin.plugins.services import Services
from backfin.specs import ActorSpec

hookspec = pluggy.HookspecMarker(PROJECT)


@hookspec
def backfin_config_model() -> type[BaseModel] | None:
    """Names the model of the plugin's ``[plugin.<name>]`` section.

    Called: Once, while loading, before every other hook of the plugin.
    Result: A pydantic model; unknown keys are refused. ``None``: the plugin takes no settings.
    If it raises: The plugin is not loaded; the others are.
    New in: 1.0
    """


@hookspec
def backfin_exchanges(config: BaseModel | None, services: Services) -> Iterable[Exchange]:  # type: ignore[empty-body]
    """Offers exchanges whose announcements are read.

    Called: Once, while loading.
    Result: Exchanges; each ``name`` is unique over all plugins.
    If it raises: The plugin is not loaded; the others are.
    New in: 1.0
    """


@hookspec
def backfin_document_readers(config: BaseModel | None, services: Services) -> Iterable[DocumentReader]:  # type: ignore[empty-body]
    """Offers readers of files.

    Called: Once, while loading.
    Result: Readers; the one with the lowest ``priority`` that knows a media type reads it.
    If it raises: The plugin is not loaded; the others are.
    New in: 1.0
    """


@hookspec
def backfin_prompt_sets(config: BaseModel | None, services: Services) -> Iterable[PromptSet]:  # type: ignore[empty-body]
    """Offers taxonomies with the words that explain them to a model.

    Called: Once, while loading.
    Result: Prompt sets; each ``name`` is unique. A set says by ``applies_to`` which announcements it wants.
    If it raises: The plugin is not loaded; the others are.
    New in: 1.0
    """


@hookspec
def backfin_enrichers(config: BaseModel | None, services: Services) -> Iterable[Enricher]:  # type: ignore[empty-body]
    """Offers enrichers, which turn text into facts.

    Called: Once, while loading.
    Result: Enrichers; each ``name`` is unique. They are asked in the order of the setting ``enrichers``.
    If it raises: The plugin is not loaded; the others are.
    New in: 1.0
    """


@hookspec
def backfin_notifiers(config: BaseModel | None, services: Services) -> Iterable[Notifier]:  # type: ignore[empty-body]
    """Offers channels.

    Called: Once, while loading.
    Result: Notifiers; each of their ``schemes`` is unique over all plugins.
    If it raises: The plugin is not loaded; the others are.
    New in: 1.0
    """


@hookspec
def backfin_actors(config: BaseModel | None, services: Services) -> Iterable[ActorSpec]:  # type: ignore[empty-body]
    """Offers actors, with or without a schedule.

    Called: Once, while loading, before actors are declared on a broker.
    Result: Actor specifications; each ``name`` is unique.
    If it raises: The plugin is not loaded; the others are.
    New in: 1.0
    """


@hookspec
def backfin_on_event(event: Event) -> None:
    """Hears of something that happened.

    Called: After the store knows the fact, in the process that stored it and in a thread of its own, which is
        waited for at most 10 s; while two calls are left behind, no other is made.
    Result: None; ignored.
    If it raises: Logged and counted; neither the step nor another observer fails.
    New in: 1.0
    """
