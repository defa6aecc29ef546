"""``backfin try``: reads one local file, with no store and no broker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backfin.cli.output import LOOK, Json, print_json, say, stop
from backfin.cli.session import open_reading_app
from backfin.cli.tables import print_table
from backfin.clock import SystemClock
from backfin.errors import ConfigError
from backfin.notifications.clean import fit, one_line

if TYPE_CHECKING:
    from backfin.models import Announcement, Document, Enrichment

#: Longest quote in the table, in characters; ``--json`` has all of it.
_QUOTE_CHARS = 80


def try_file(
    file: Annotated[Path, typer.Argument(help="A PDF, HTML or XML file.")],
    exchange_category: Annotated[str | None, typer.Option(help="The exchange's label of the filing.")] = None,
    subject: Annotated[str, typer.Option(help="The exchange's subject of the filing.")] = "",
    isin: Annotated[str | None, typer.Option(help="The issuer, which says whose prompt set reads.")] = None,
    as_json: Json = False,
) -> None:
    """Reads one local file and says what it is and what stands in it."""
    _check(file)
    document, enrichment = _read(_announcement(file, exchange_category, subject, isin), file)
    result = _result(document, enrichment)
    if as_json:
        print_json(result)
    else:
        _show(result, enrichment)
    if result["document"]["method"] == "none":
        stop(LOOK)


def _check(file: Path) -> None:
    if file.is_dir():
        raise ConfigError(f"{file} is a folder; name one file in it.")
    if not file.is_file():
        raise ConfigError(f"There is no file {file}; check the path.")


def _read(announcement: Announcement, file: Path) -> tuple[Document, Enrichment]:
    from backfin.enrichment.chain import enrich_with
    from backfin.steps.enrich import reading_of

    app = open_reading_app()
    document = app.reader.read(file)
    if announcement.isin:
        app.context.store.prepare()
    prompt_set = app.context.prompt_set_for(announcement)
    enrichers = list(app.plugins.registry.enrichers)
    enrichment = enrich_with(reading_of(announcement, [document]), prompt_set, enrichers)
    app.close()
    return document, enrichment


def _announcement(file: Path, category: str | None, subject: str, isin: str | None) -> Announcement:
    from backfin.models import Announcement

    now = SystemClock().now()
    return Announcement(
        announcement_id=f"file:{file.name}",
        exchange="file",
        native_id=file.name,
        isin=isin,
        issuer_name="",
        subject=subject,
        exchange_category=category,
        disseminated_at=now,
        first_seen_at=now,
    )


def _result(document: Document, enrichment: Enrichment) -> dict[str, Any]:
    kept = (
        "category",
        "event_type",
        "headline",
        "summary",
        "sentiment",
        "materiality",
        "facts",
        "flags",
        "enricher",
        "prompt_set",
    )
    whole = enrichment.model_dump(mode="json")
    return {
        "document": {
            "pages": document.page_count,
            "method": document.method.value,
            "chars": document.chars,
            "flags": list(document.flags),
            "media_type": document.media_type,
            "tables": [table.model_dump(mode="json") for table in document.tables],
        },
        "enrichment": {name: whole[name] for name in kept},
        "parties": whole["parties"],
    }


def _show(result: dict[str, Any], enrichment: Enrichment) -> None:
    from backfin.notifications.view import uncertainties

    document = result["document"]
    say(
        f"{document['pages']} pages, {document['chars']} characters, {len(document['tables'])} tables, "
        f"method {document['method']}"
    )
    if document["flags"]:
        say(f"flags: {', '.join(document['flags'])}", wrap=True)
    for doubt in uncertainties(enrichment):
        say(doubt, wrap=True)
    say(f"\n{enrichment.category} ({enrichment.event_type.value})", style="bold")
    say(one_line(enrichment.headline), wrap=True)
    say(one_line(enrichment.summary), wrap=True)
    rows = [[name, _value(fact), _where(fact)] for name, fact in result["enrichment"]["facts"].items()]
    columns = ("fact", "value", "stands on")
    print_table(columns, rows, wraps=columns[1:], empty="No facts were read.")


def _value(fact: dict[str, Any]) -> Any:
    value = fact["value"]
    return value.get("as_written") or value.get("amount") if isinstance(value, dict) else value


def _where(fact: dict[str, Any]) -> str:
    return "; ".join(f"page {item['page']}: {fit(item['quote'], _QUOTE_CHARS)}" for item in fact["evidence"])
