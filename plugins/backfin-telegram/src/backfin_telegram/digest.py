"""A digest as a Telegram message: a line for each filing, and a count of those that have no room."""

from __future__ import annotations

from html import escape

from backfin.models import Digest
from backfin.notifications.clean import fit
from backfin.notifications.digests import DigestEntry, DigestView, IssuerGroup, digest_view
from backfin_telegram.message import LIMIT_UNITS, shown_units

#: Most characters of an issuer, a headline and a link.
_ISSUER, _HEADLINE, _LINK = 100, 200, 300


def digest_message_of(digest: Digest, limit_units: int = LIMIT_UNITS) -> str:
    """The digest as HTML that Telegram accepts, never longer than ``limit_units`` when shown.

    A filing is there with its whole line or not at all, the most material first; what is left out is counted.
    """
    shown = digest.filings
    text = _render(digest_view(digest))
    while shown and shown_units(text) > limit_units:
        shown = shown[:-1]
        text = _render(digest_view(digest.model_copy(update={"filings": shown})))
    return text


def _render(view: DigestView) -> str:
    head = f"<b>{escape(view.title, quote=False)}</b>\n{escape(view.period, quote=False)}"
    more = f"and {view.more} more. All of them: <code>{escape(view.see_all, quote=False)}</code>"
    watches = escape(f"Watch{'es' if view.has_many_watches else ''}: {view.watches}", quote=False)
    parts = [head, *map(_group, view.groups), more if view.more else "", watches]
    return "\n\n".join(part for part in parts if part)


def _group(group: IssuerGroup) -> str:
    return "\n".join(
        [f"<b>{escape(fit(group.issuer, _ISSUER), quote=False)}</b>", *map(_line, group.entries)]
    )


def _line(entry: DigestEntry) -> str:
    words = escape(fit(entry.view.headline, _HEADLINE), quote=False)
    url = entry.view.source_url or entry.view.document_url
    return f'• <a href="{escape(url)}">{words}</a>' if url and len(url) <= _LINK else f"• {words}"
