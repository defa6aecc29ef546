"""Links the parties of a filing to investors: the same normal form is the same investor, and says so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from backfin.identity import investor_id, mention_id
from backfin.investors.find import find_parties
from backfin.investors.kinds import class_of
from backfin.investors.marks import mark_of
from backfin.investors.names import kind_of, normal_form
from backfin.models import Announcement, Enrichment, Investor, Mention, Party, PartyKind


def link(
    enrichment: Enrichment, announcement: Announcement, now: datetime
) -> tuple[list[Investor], list[Mention]]:
    """Recognises the parties of one announcement.

    The ids depend on the announcement, the names and the roles alone, so reading a filing again finds the
    same investors and mentions and makes none twice.

    Args:
        enrichment: The enrichment whose parties are meant.
        announcement: The announcement it was made from.
        now: When the mentions are made, aware.

    Returns:
        The investors, each once, and the mentions, both in the order of the enrichment's parties.
    """
    investors: dict[str, Investor] = {}
    mentions: list[Mention] = []
    appearances: Counter[tuple[str, str]] = Counter()
    for party in find_parties(enrichment, announcement):
        met = investor_of(party)
        investors[met.investor_id] = joined(investors.get(met.investor_id), met)
        appearance = (met.normal_form, party.role)
        mentions.append(_mention(party, met, announcement, appearances[appearance], now))
        appearances[appearance] += 1
    return list(investors.values()), mentions


def investor_of(party: Party) -> Investor:
    """The unverified investor a party is taken for.

    Its key is made of the name, with the relatives and numbers that stand in it, alone: what else a filing says of
    the kind may differ from one to the next.
    """
    form = normal_form(party.name_as_written)
    name = " ".join(party.name_as_written.split())
    told = kind_of(form)
    return Investor(
        investor_id=key_of(form, mark_of(name)),
        name=name,
        normal_form=form,
        kind=told if party.kind is PartyKind.UNKNOWN else party.kind,
        names=(name,),
    )


def key_of(form: str, mark: str = "") -> str:
    """The id of the investor of a normal form that is told from others of that form by a mark."""
    return investor_id(class_of(kind_of(form)), form, mark)


def joined(known: Investor | None, met: Investor) -> Investor:
    """One investor with the names of both."""
    if known is None:
        return met
    return known.model_copy(update={"names": tuple(dict.fromkeys((*known.names, *met.names)))})


def _mention(
    party: Party, investor: Investor, announcement: Announcement, ordinal: int, now: datetime
) -> Mention:
    name = " ".join(party.name_as_written.split())
    tier, explanation = explained(name, investor.normal_form)
    first = party.evidence[0] if party.evidence else None
    key = announcement.announcement_id
    return Mention(
        mention_id=mention_id(key, investor.normal_form, party.role, ordinal),
        announcement_id=key,
        investor_id=investor.investor_id,
        name_as_written=name,
        kind=investor.kind,
        role=party.role,
        quantity=party.quantity,
        price_inr=party.price_inr,
        amount_inr=party.amount_inr,
        pct=party.pct,
        page=first.page if first else None,
        quote=first.quote if first else "",
        tier=tier,
        explanation=explanation,
        created_at=now,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an investor stands among the others.

    Args:
        survivor_id: The investor it is shown under.
        linked: Why it is shown under another; empty where it is not.
        doubt: Whom else it may be, while nobody has decided; empty where there is no doubt.
    """

    survivor_id: str
    linked: str = ""
    doubt: str = ""


def explained(written: str, form: str, standing: Standing | None = None) -> tuple[str, str]:
    """How sure the link of a mention is, and why.

    Args:
        written: The name as the filing writes it.
        form: Its normal form.
        standing: Of the investor of that form.
    """
    if standing and standing.linked:
        return "auto", standing.linked
    if standing and standing.doubt:
        return "review", standing.doubt
    whole_words = [word for word in form.split() if len(word) > 1]
    if class_of(kind_of(form)) == "person" and len(whole_words) < 2:
        return "review", f"Linked by “{form}”, which several people may be called."
    return "auto", f"Linked by the normal form “{form}” of “{written}”."
