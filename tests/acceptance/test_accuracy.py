"""No figure falls below its recorded floor: on the sample day always, on real filings where their texts are."""

from __future__ import annotations

from pathlib import Path

import pytest

from processes import Cli

GOLD = Path(__file__).parents[1] / "gold"
FLOORS = ("--enricher", "rules", "--floors", str(GOLD / "floors.json"))


@pytest.mark.parametrize("options", [(), ("--xbrl",)])
def test_the_sample_day_holds_its_floors(cli: Cli, options: tuple[str, ...]) -> None:
    result = cli.json("eval", *FLOORS, *options)

    assert result["below_floor"] == []


def test_real_filings_hold_their_floors(cli: Cli, shared: Path) -> None:
    texts = str(shared / "fixtures")

    # The other half holds all scans, which take minutes: `nox -s accuracy` reads them.
    result = cli.json("eval", "--gold", str(GOLD), "--texts", texts, "--split", "held_out", *FLOORS)

    assert (result["below_floor"], result["missing"]) == ([], [])
    assert all(result["limits"])
