"""What the README says of settings is what there is."""

from __future__ import annotations

import re
from pathlib import Path

from backfin_nse.settings import NseSettings

README = Path(__file__).parents[1] / "README.md"


def test_every_setting_stands_there_with_its_default_and_its_description() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `([^`]*)` \| (.*?) \|$", README.read_text("utf-8"), re.MULTILINE)

    documented = {name: (default, said) for name, default, said in rows}

    assert list(documented) == list(NseSettings.model_fields)
    for name, field in NseSettings.model_fields.items():
        default, said = documented[name]
        value = field.default
        shown = (
            ",".join(value)
            if isinstance(value, tuple)
            else str(value).lower()
            if value is True
            else str(value)
        )
        assert default == shown
        assert said.startswith((field.description or "").rstrip("."))
