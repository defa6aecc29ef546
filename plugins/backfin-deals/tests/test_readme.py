"""What the README says of settings is what there is."""

from __future__ import annotations

import re
from pathlib import Path

from backfin_deals.settings import BseDealsSettings, DealsSettings, NseDealsSettings

README = Path(__file__).parents[1] / "README.md"


def test_every_setting_stands_there_with_its_default_and_its_description() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `([^`]*)` \| (.*?) \|$", README.read_text("utf-8"), re.MULTILINE)
    both = DealsSettings.model_fields
    wanted = [
        *both.items(),
        *((name, field) for name, field in BseDealsSettings.model_fields.items() if name not in both),
        *((name, field) for name, field in NseDealsSettings.model_fields.items() if name not in both),
    ]

    assert [name for name, _, _ in rows] == [name for name, _ in wanted]
    for (_, default, said), (_, field) in zip(rows, wanted, strict=True):
        value = field.default
        shown = ",".join(value) if isinstance(value, tuple) else "true" if value is True else str(value)
        assert default == shown
        assert said.startswith((field.description or "").rstrip("."))
