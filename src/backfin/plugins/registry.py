"""Components by name, each with the plugin that owns it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from backfin.errors import PluginConflict
from backfin.interfaces import DocumentReader, Enricher, Exchange, Notifier, PromptSet
from backfin.specs import ActorSpec


@dataclass(frozen=True, slots=True)
class Offer:
    """A component under one of its names.

    Args:
        kind: Kind of component, e.g. ``notifier``.
        name: Name it takes, e.g. a scheme.
        component: The component itself.
        owner: The plugin that brings it.
        is_built_in: Whether that plugin is backfin's own.
    """

    kind: str
    name: str
    component: Any
    owner: str
    is_built_in: bool = False

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


class Registry:
    """The components of all plugins that are on.

    Args:
        prefer: Who owns a name that two plugins want: name or kind → plugin.
        enricher_order: Names of the enrichers that are asked first.
    """

    def __init__(self, prefer: Mapping[str, str] | None = None, enricher_order: Sequence[str] = ()) -> None:
        self._prefer = dict(prefer or {})
        self._enricher_order = tuple(enricher_order)
        self._offers: dict[tuple[str, str], Offer] = {}

    @property
    def exchanges(self) -> dict[str, Exchange]:
        """Exchanges by name."""
        return {offer.name: cast(Exchange, offer.component) for offer in self._of("exchange")}

    @property
    def readers(self) -> tuple[DocumentReader, ...]:
        """Document readers, the one to ask first in front."""
        readers = [cast(DocumentReader, offer.component) for offer in self._of("reader")]
        return tuple(sorted(readers, key=lambda reader: reader.priority))

    @property
    def prompt_sets(self) -> dict[str, PromptSet]:
        """Prompt sets by name."""
        return {offer.name: cast(PromptSet, offer.component) for offer in self._of("prompt_set")}

    @property
    def enrichers(self) -> tuple[Enricher, ...]:
        """Enrichers in the order in which they are asked; each is the fallback of the one before."""
        order = self._enricher_order
        offers = sorted(
            self._of("enricher"),
            key=lambda offer: order.index(offer.name) if offer.name in order else len(order),
        )
        return tuple(cast(Enricher, offer.component) for offer in offers)

    @property
    def notifiers(self) -> dict[str, Notifier]:
        """Notifiers by the scheme of the addresses they serve."""
        return {offer.name: cast(Notifier, offer.component) for offer in self._of("notifier")}

    @property
    def actors(self) -> dict[str, ActorSpec]:
        """Actors by name."""
        return {offer.name: cast(ActorSpec, offer.component) for offer in self._of("actor")}

    def owner(self, kind: str, name: str) -> str:
        """The plugin that brings a component.

        Raises:
            KeyError: There is no such component.
        """
        return self._offers[kind, name].owner

    def is_built_in(self, kind: str, name: str) -> bool:
        """Whether a component is backfin's own, which sets times for its calls itself.

        Raises:
            KeyError: There is no such component.
        """
        return self._offers[kind, name].is_built_in

    def offers(self, *without: str) -> tuple[Offer, ...]:
        """Everything that all plugins bring, except for some kinds."""
        return tuple(offer for offer in self._offers.values() if offer.kind not in without)

    def owned_by(self, owner: str) -> tuple[Offer, ...]:
        """Everything one plugin brings."""
        return tuple(offer for offer in self._offers.values() if offer.owner == owner)

    def admit(self, offers: Sequence[Offer]) -> None:
        """Takes all components of one plugin, or none of them.

        Raises:
            PluginConflict: A name is taken by another plugin and ``prefer`` does not decide.
        """
        taken = [offer for offer in offers if self._wins(offer)]
        for offer in taken:
            self._offers[offer.kind, offer.name] = offer

    def _wins(self, offer: Offer) -> bool:
        holder = self._offers.get((offer.kind, offer.name))
        if holder is None:
            return True
        preferred = self._prefer.get(offer.name, self._prefer.get(offer.kind))
        if preferred not in (holder.owner, offer.owner):
            raise PluginConflict(
                f"{offer.kind} {offer.name!r} is offered by both {holder.owner!r} and {offer.owner!r}: "
                f"disable one, or choose with plugins.prefer, e.g. {offer.name} = {offer.owner!r}",
                owners=(holder.owner, offer.owner),
            )
        return preferred == offer.owner

    def _of(self, kind: str) -> list[Offer]:
        return [offer for offer in self._offers.values() if offer.kind == kind]
