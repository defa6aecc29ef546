"""Signs of trouble are told as such, and every other flag as a doubt that a person understands."""

from __future__ import annotations

import pytest

from backfin.enrichment.rules.words import _CHECKS, _RED_FLAGS
from backfin.notifications.flags import RED_FLAGS, doubts_of, warnings_of
from backfin.notifications.render import render
from backfin.testing import make_alert


def test_every_sign_of_trouble_that_the_rules_know_has_a_sentence() -> None:
    assert {name for name, _ in (*_RED_FLAGS, *_CHECKS)} == set(RED_FLAGS)


@pytest.mark.parametrize(
    ("flag", "sentence"),
    [
        ("scanned", "The document is a scan; characters may be misread."),
        (
            "ungrounded:party.pct",
            "Party, pct: it does not stand in the filing as it was read, and was left out.",
        ),
        ("disputed:event_type", "Event type: the model and the rules read it differently."),
        ("fallback:llm", "Llm could not answer; another reader did."),
        ("arithmetic:parts_of_default", "Parts of default: the numbers of the filing do not agree."),
        ("something_new", "Something new."),
    ],
)
def test_a_doubt_is_a_sentence(flag: str, sentence: str) -> None:
    assert doubts_of([flag, flag]) == (sentence,)
    assert warnings_of([flag]) == ()


def test_a_red_flag_is_no_doubt_in_a_message() -> None:
    alert = make_alert()
    assert alert.enrichment is not None
    flagged = alert.enrichment.model_copy(update={"flags": ("cfo_resignation", "scanned")})

    message = render(alert.model_copy(update={"enrichment": flagged}))

    text = message.text.replace("\n", " ")
    assert "Red flags: - The chief financial officer resigns." in text
    assert "Uncertain: - The document is a scan" in text
    assert message.html.index("Red flags") < message.html.index("Uncertain")
    assert text.count("resigns.") == 1
