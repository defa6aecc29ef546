"""``backfin try``: reads one local file, with no store and no broker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from backfin.app import Backfin
from backfin.cli.output import BAD_USE, LOOK, Json, console, errors, print_json, print_table, stop
from backfin.clock import SystemClock
from backfin.enrichment.chain import enrich_with
from backfin.log import configure
from backfin.models import Announcement, Document, Enrichment, Method
from backfin.settings import load_settings
from backfin.steps.enrich import reading_of


def try_file(
    file: Annotated[Path, typer.Argument(help="A PDF, HTML or XML file.")],
    exchange_category: Annotated[str | None, typer.Option(help="The exchange's label of the filing.")] = None,
    subject: Annotated[str, typer.Option(help="The exchange's subject of the filing.")] = "",
    as_json: Json = False,
) -> None:
    """Reads one local file and says what it is and what stands in it."""
    if not file.is_file():
        errors.print(f"backfin: there is no file {file}; check the path.", highlight=False)
        stop(BAD_USE)
    settings = load_settings()
    configure(settings)
    app = Backfin(settings)
    document = app.reader.read(file)
    announcement = _announcement(file, exchange_category, subject)
    prompt_set = app.plugins.registry.prompt_sets["core"]
    enrichers = list(app.plugins.registry.enrichers)
    enrichment = enrich_with(reading_of(announcement, [document]), prompt_set, enrichers)
    app.close()
    result = _result(document, enrichment)
    if as_json:
        print_json(result)
    else:
        _show(result)
    if document.method is Method.NONE:
        stop(LOOK)


def _announcement(file: Path, category: str | None, subject: str) -> Announcement:
    now = SystemClock().now()
    return Announcement(
        announcement_id=f"file:{file.name}",
        exchange="file",
        native_id=file.name,
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


def _show(result: dict[str, Any]) -> None:
    document, enrichment = result["document"], result["enrichment"]
    console.print(
        f"{document['pages']} pages, {document['chars']} characters, {len(document['tables'])} tables,"
        f" method {document['method']}"
    )
    if document["flags"]:
        console.print(f"flags: {', '.join(document['flags'])}")
    console.print(f"[bold]{enrichment['category']}[/bold] ({enrichment['event_type']})", highlight=False)
    console.print(enrichment["headline"], markup=False)
    console.print(enrichment["summary"], markup=False)
    rows = [[name, _value(fact), _where(fact)] for name, fact in enrichment["facts"].items()]
    if rows:
        print_table(("fact", "value", "stands on"), rows)


def _value(fact: dict[str, Any]) -> Any:
    value = fact["value"]
    return value.get("as_written") or value.get("amount") if isinstance(value, dict) else value


def _where(fact: dict[str, Any]) -> str:
    return "; ".join(f"page {item['page']}: {item['quote'][:80]}" for item in fact["evidence"])
