"""What ``docs/llm.md`` shows of prompt sets, as a file and with rules and facts of its own, works as shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from backfin.enrichment.prompts import lint_prompt_set
from backfin.enrichment.rules.enricher import RulesEnricher
from backfin.testing import make_announcement, make_reading

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "llm.md").read_text(encoding="utf-8")
SECTION = DOCS[DOCS.index("## Prompt sets") :]


def block(language: str, section: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", section, flags=re.DOTALL)
    assert found, f"docs/llm.md shows no {language}"
    return found[1]


def shipping(folder: Path) -> Any:
    file = folder / "shipping.md"
    file.write_text(block("text", SECTION), encoding="utf-8")
    shown: dict[str, Any] = {"__name__": "shown"}
    code = block("python", SECTION[SECTION.index("### Rules and facts") :])
    exec(compile(code, "llm.md", "exec", dont_inherit=True), shown)
    return shown["Shipping"](file)


def test_the_set_shown_has_no_fault_and_wants_what_it_says(tmp_path: Path) -> None:
    prompts = shipping(tmp_path)

    assert lint_prompt_set(prompts) == []
    assert prompts.applies_to(make_announcement(exchange="bse", subject="Charter of a vessel"))
    assert not prompts.applies_to(make_announcement(exchange="bse", subject="Board meeting", headline=""))


def test_the_rules_shown_read_a_filing_and_leave_others_to_the_core(tmp_path: Path) -> None:
    prompts = shipping(tmp_path)

    ours = RulesEnricher().enrich(make_reading("We have let the vessel Sagarika to Example Lines."), prompts)
    other = RulesEnricher().enrich(make_reading("We have received an order worth Rs. 12 crore."), prompts)

    assert (ours.category, ours.facts["vessel"].value) == ("Charter", "Sagarika")
    assert "vessel" not in other.facts
    assert {flag for made in (ours, other) for flag in made.flags if flag.startswith("fallback")} == set()
