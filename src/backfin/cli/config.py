"""``backfin config``: effective settings, and where each came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backfin.cli.output import Json, print_json
from backfin.cli.tables import print_table

if TYPE_CHECKING:
    from backfin.settings import Settings, SettingValue


def config(as_json: Json = False) -> None:
    """Shows every setting, its value (secrets masked) and its source."""
    from backfin.cli.runtime import embedded_url
    from backfin.settings import explain, load_settings

    settings = load_settings()
    known = _known(settings) if settings.plugin else set()
    shown = explain(settings, effective={} if settings.redis_url else {"redis_url": embedded_url(settings)})
    rows = [{"key": item.key, "value": _masked(item, known), "source": item.source} for item in shown]
    if as_json:
        print_json(rows)
    else:
        columns = ("key", "value", "source")
        cells = [[row[name] for name in columns] for row in rows]
        print_table(columns, cells, wraps=("value", "source"), empty="There are no settings.")


def _known(settings: Settings) -> set[str]:
    """Plugins that could be asked what is secret in their sections: their models say it."""
    from backfin.app import Backfin
    from backfin.errors import BackfinError

    try:
        known = [one.name for one in Backfin(settings).plugins.records if one.state in ("on", "off")]
    except BackfinError:
        return set()
    return {*known, *(name.replace("-", "_") for name in known)}


def _masked(item: SettingValue, known: set[str]) -> Any:
    """The value; of a plugin's section no secret, and no text at all where its model cannot be asked."""
    from backfin.settings import MASK, scrub

    section, _, rest = item.key.partition(".")
    if section != "plugin" or isinstance(item.value, int | float | None):
        return item.value
    return scrub(item.value) if isinstance(item.value, str) and rest.split(".")[0] in known else MASK
