"""What a replay is asked to do: which announcements it means, and how far each is set back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

from backfin.clock import days
from backfin.context import Context
from backfin.errors import ConfigError
from backfin.interfaces import PromptSet
from backfin.models import Issuer, State
from backfin.steps.item import STATE_BEFORE
from backfin.storage.records import Status
from backfin.storage.selection import IssuerKey, OtherReading, Selection

FromStep = Literal["scrape", "read", "enrich", "investors", "match"]
Only = Literal["missing", "failed", "all"]

#: Issuers that a sentence names when several are meant.
_SHOWN = 5


@dataclass(frozen=True)
class ReplayRequest:
    """What a replay is asked to do. Days are in the exchange's zone, both included.

    Args:
        first: First day.
        last: Last day; the first one when left out.
        exchange: One exchange; all when left out.
        from_step: Where to begin; scraping is left out then.
        only: Which announcements.
        ids: Only these.
        notify: Whether watchers are told.
        issuer: ISIN of one issuer; :func:`checked` also takes a code or a name.
        category: Only those read as this category.
        event_type: Only those read as this.
        prompts: Name of the prompt set to read them with, ``NAME`` or ``NAME@VERSION``.
        archive: Whether everything comes from the archive, and nothing from the exchange.
    """

    first: str | None = None
    last: str | None = None
    exchange: str | None = None
    from_step: FromStep | None = None
    only: Only = "missing"
    ids: tuple[str, ...] = ()
    notify: bool = False
    issuer: str | None = None
    category: str | None = None
    event_type: str | None = None
    prompts: str | None = None
    archive: bool = False

    def as_options(self) -> dict[str, Any]:
        """The request as the run keeps it."""
        return {**asdict(self), "ids": list(self.ids)}

    @classmethod
    def from_options(cls, options: dict[str, Any]) -> ReplayRequest:
        """The request a run was started with."""
        return cls(**{**options, "ids": tuple(options.get("ids", ()))})

    def days(self) -> list[date]:
        """Every day asked for, oldest first."""
        if self.first is None:
            return []
        return list(days(date.fromisoformat(self.first), date.fromisoformat(self.last or self.first)))

    @property
    def scrapes(self) -> bool:
        """Whether the days themselves are read again, which may bring announcements the store lacks."""
        narrowed = self.ids or self.issuer or self.category or self.event_type or self.prompts
        return not narrowed and self.from_step in (None, "scrape")

    def state_for(self, status: Status) -> State:
        """The state from which an announcement is taken on: its own, or the one it is set back to."""
        if status.state is State.FAILED:
            return State.STORED
        if self.only == "all" or self.prompts is not None:
            step = "enrich" if self.prompts is not None and self.from_step is None else self.from_step
            # Scraping leaves an announcement stored, as the step that reads it finds it.
            before = STATE_BEFORE.get(f"backfin.{step}", State.STORED)
            return before if status.is_beyond(before) else status.state
        return status.state


def checked(ctx: Context, request: ReplayRequest) -> ReplayRequest:
    """The request with its issuer's ISIN in place of a code or name.

    Raises:
        ConfigError: It names what is not there, or what several are called.
    """
    if request.exchange is not None:
        ctx.exchange(request.exchange)
    unknown = sorted(set(request.ids) - ctx.store.announcements.known(request.ids))
    if unknown:
        raise ConfigError(
            f"The store has no announcement {', '.join(unknown)}; `backfin announcements --json` lists their ids."
        )
    if request.prompts is not None:
        prompt_set_of(ctx, request.prompts)
        if request.from_step in ("investors", "match"):
            raise ConfigError(
                f"--prompts read filings anew, and --from-step {request.from_step} does not; leave one out."
            )
    if request.issuer is None:
        return request
    return replace(request, issuer=_issuer(ctx, request.issuer).isin)


def prompt_set_of(ctx: Context, text: str) -> PromptSet:
    """The prompt set that ``NAME`` or ``NAME@VERSION`` means.

    Raises:
        ConfigError: There is none of that name, or it has another version.
    """
    name, _, version = text.partition("@")
    found = ctx.registry.prompt_sets.get(name)
    if found is None:
        known = ", ".join(sorted(ctx.registry.prompt_sets))
        raise ConfigError(f"There is no prompt set {name!r}; known: {known}.")
    if version and version != found.version:
        raise ConfigError(
            f"The prompt set {name} has version {found.version}, not {version}; install that version of its plugin."
        )
    return found


def selected(ctx: Context, request: ReplayRequest) -> Iterator[list[Status]]:
    """The stored announcements a request means, oldest first, some at a time."""
    wanted = request.days()
    return ctx.store.selections.pages(
        Selection(
            exchange=request.exchange,
            first=wanted[0] if wanted else None,
            last=wanted[-1] if wanted else None,
            ids=request.ids,
            issuer=_key_of(ctx, request.issuer),
            category=request.category,
            event_type=request.event_type,
            only=request.only,
            other_reading=_other_reading(ctx, request.prompts),
        )
    )


def _other_reading(ctx: Context, prompts: str | None) -> OtherReading | None:
    if prompts is None:
        return None
    prompt_set = prompt_set_of(ctx, prompts)
    by_model = ctx.enriching_is_remote and not getattr(prompt_set, "by_rules_alone", False)
    return OtherReading(prompt_set.name, prompt_set.version, ctx.settings.llm.model if by_model else None)


def _issuer(ctx: Context, text: str) -> Issuer:
    found = ctx.store.issuers.named(text)
    if len(found) == 1:
        return found[0]
    if not found:
        raise ConfigError(
            f"The store's issuer master has no {text!r}; give its ISIN, scrip code, symbol or name as the exchange"
            " writes it."
        )
    shown = "; ".join(f"{one.name} ({one.isin})" for one in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    raise ConfigError(f"{text!r} may mean {shown}{more}; give the ISIN of one.")


def _key_of(ctx: Context, isin: str | None) -> IssuerKey | None:
    if isin is None:
        return None
    issuer = ctx.store.issuers.get(isin)
    codes = issuer.codes if issuer else ()
    kept = [(code.exchange, code.kind, code.value) for code in codes if code.kind in ("scrip_code", "symbol")]
    return IssuerKey(isin, tuple(kept))
