"""``backfin config``: effective settings, and where each came from."""

from __future__ import annotations

from backfin.cli.output import Json, print_json
from backfin.cli.tables import print_table


def config(as_json: Json = False) -> None:
    """Shows every setting, its value (secrets masked) and its source."""
    from backfin.cli.runtime import embedded_url
    from backfin.settings import explain, load_settings

    settings = load_settings()
    shown = explain(settings, effective={} if settings.redis_url else {"redis_url": embedded_url(settings)})
    rows = [{"key": item.key, "value": item.value, "source": item.source} for item in shown]
    if as_json:
        print_json(rows)
    else:
        columns = ("key", "value", "source")
        cells = [[row[name] for name in columns] for row in rows]
        print_table(columns, cells, wraps=("value", "source"), empty="There are no settings.")
