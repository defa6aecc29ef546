"""The contract of a prompt set."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backfin.enrichment.prompts import lint_prompt_set
from backfin.interfaces import PromptSet
from backfin.models import Announcement, EventType
from backfin.testing.contracts.checking import at_once, nothing_is_touched
from backfin.testing.factories import make_announcement


class PromptSetContract:
    """Checks a prompt set.

    Example::

        class TestMyPrompts(PromptSetContract):
            def make(self):
                return MyPrompts()
    """

    def make(self) -> PromptSet:
        """A new prompt set."""
        raise NotImplementedError("make() returns the prompt set to check")

    def announcements(self) -> Sequence[Announcement]:
        """Announcements it is asked about."""
        bare = {"isin": None, "symbol": None, "subject": "", "headline": "", "exchange_category": None}
        return (make_announcement(), make_announcement(**bare))

    def test_making_one_touches_neither_network_nor_disk(self) -> None:
        self.make()
        with nothing_is_touched():
            self.make()

    def test_it_says_who_it_is(self) -> None:
        prompts = self.make()

        assert isinstance(prompts, PromptSet), "it lacks an attribute or a method of PromptSet"
        assert re.fullmatch(r"[a-z][a-z0-9_.+-]*", prompts.name), f"the name {prompts.name!r} is not plain"
        assert prompts.version.strip(), "the version is empty"
        assert (prompts.name, prompts.version) == (self.make().name, self.make().version)

    def test_every_category_is_told_apart_and_explained(self) -> None:
        categories = self.make().categories
        assert categories, "there is no category"

        assert len({one.label for one in categories}) == len(categories), "two categories share a label"
        assert len({one.slug for one in categories}) == len(categories), "two categories share a slug"
        for one in categories:
            assert one.label.strip() == one.label != "", f"{one.label!r} is no label"
            assert re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", one.slug), f"{one.slug!r} is no slug"
            assert isinstance(one.event_type, EventType)
            assert 0 <= one.prior <= 1, f"the prior of {one.label} is not between 0 and 1"
            assert one.guidance.strip(), f"{one.label} is not explained"

    def test_the_prompt_explains_every_category(self) -> None:
        prompts = self.make()
        prompt = prompts.system_prompt()

        missing = [one.label for one in prompts.categories if one.label not in prompt]

        assert missing == [], f"the prompt does not speak of {missing}"
        assert "{categories}" not in prompt, "a placeholder was left in the prompt"

    def test_the_linter_finds_nothing(self) -> None:
        assert lint_prompt_set(self.make()) == []

    def test_the_words_are_the_same_each_time(self) -> None:
        prompts = self.make()

        assert len({self.make().system_prompt(), *at_once(prompts.system_prompt)}) == 1

    def test_it_wants_an_announcement_or_does_not(self) -> None:
        prompts = self.make()

        for announcement in self.announcements():
            wants = prompts.applies_to(announcement)
            assert isinstance(wants, bool)
            assert wants == prompts.applies_to(announcement), "it changed its mind"
