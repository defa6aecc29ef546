"""``backfin eval``: how right the facts are, measured on filings whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from backfin.cli.choices import SplitWord
from backfin.cli.output import LOOK, Json, print_json, stop, tell
from backfin.cli.session import open_reading_app


def evaluate(
    gold: Annotated[
        Path | None,
        typer.Option(help="Labels: a .jsonl file or a folder of them; without, the sample day's."),
    ] = None,
    texts: Annotated[
        Path | None, typer.Option(help="Folder of the texts, as sources.json beside the labels says.")
    ] = None,
    split: Annotated[SplitWord, typer.Option(help="Which half of the labels.")] = "all",
    sure: Annotated[
        bool, typer.Option("--sure", help="Leave labels out that say they are doubtful.")
    ] = False,
    xbrl: Annotated[
        bool, typer.Option("--xbrl", help="Score results by the XBRL of the same filing instead.")
    ] = False,
    enricher: Annotated[str | None, typer.Option(help="Ask this enricher alone.")] = None,
    prompts: Annotated[str | None, typer.Option(help="Prompt set to read with.")] = None,
    against: Annotated[
        str | None, typer.Option(help="Prompt set, or enricher, to compare with on the same filings.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write a page of it, complete in itself.")] = None,
    floors: Annotated[
        Path | None, typer.Option(help="Exit 1 when a figure is below its recorded floor.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measures how right categories, event types and facts are, and what they cost."""
    from backfin.cli.eval_cases import Question
    from backfin.cli.eval_run import Wanted, run
    from backfin.evaluation.gold import Split

    app = open_reading_app()
    question = Question(gold, texts, Split(split), xbrl, sure)
    try:
        result = run(app, question, Wanted(enricher, prompts, against, report, floors), quiet=as_json)
    finally:
        app.close()
    _show(result, as_json=as_json)
    if result["below_floor"] or result["missing"]:
        stop(LOOK)


def _show(result: dict[str, Any], *, as_json: bool) -> None:
    from backfin.cli.eval_tables import show_breaches, show_comparison, show_figures

    if as_json:
        print_json(result)
    else:
        show_figures(result)
        show_comparison(result)
        show_breaches(result)
    if result["missing"]:
        tell(f"backfin: {len(result['missing'])} labelled filings have no text here and were left out.")
