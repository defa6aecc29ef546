"""The options of ``backfin replay``."""

from __future__ import annotations

from typing import Annotated

import typer

from backfin.cli.choices import FromStep, Only

#: Announcements that a dry run looks at when nobody says how many.
DRY_LIMIT = 1000

Day = Annotated[str | None, typer.Argument(help="First day, YYYY-MM-DD; may be left out with --ids.")]
To = Annotated[str | None, typer.Option(help="Last day, YYYY-MM-DD.")]
OneExchange = Annotated[str | None, typer.Option(help="One exchange; all when left out.")]
OneIssuer = Annotated[str | None, typer.Option(help="One issuer, by ISIN, scrip code, symbol or name.")]
OneCategory = Annotated[str | None, typer.Option(help="Only what was read as this category.")]
OneEventType = Annotated[str | None, typer.Option(help="Only what was read as this event type.")]
Start = Annotated[FromStep | None, typer.Option(help="Start at this step; scraping is left out.")]
Which = Annotated[Only, typer.Option(help="Which announcements.")]
Ids = Annotated[list[str] | None, typer.Option("--ids", help="Announcement ids; may be given often.")]
Prompts = Annotated[
    str | None,
    typer.Option(
        metavar="NAME[@VERSION]",
        help="Read with this prompt set; `missing` is then what was read with another set, version or model.",
    ),
]
FromArchive = Annotated[
    bool,
    typer.Option("--archive", "--offline", help="Everything from the archive, nothing from the exchange."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would change, from the archive, and change nothing.")
]
WithLlm = Annotated[
    bool, typer.Option("--with-llm", help="In a dry run, ask the model too, which costs as ever.")
]
Limit = Annotated[int, typer.Option(min=0, help="Most announcements that a dry run looks at.")]
Notify = Annotated[bool, typer.Option("--notify", help="Tell watchers, whatever the age.")]
Wait = Annotated[bool, typer.Option("--wait", help="Run workers if none are about; end when drained.")]
