"""Which of many watches an announcement is meant for, without asking each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter

from backfin.errors import ConfigError
from backfin.models import Phase, Watch
from backfin.notifications.rules import MatchInput, Rule, Vocabulary, parse_rule
from backfin.notifications.subject import Key


class WatchIndex:
    """Watches filed by what an announcement must have to match them.

    A rule is filed under its most selective condition (an ISIN, an investor, a word, a category, …); an
    announcement is held only against the rules filed under something it has, and against the few that cannot
    be filed. Watches with the same rule share one entry. The index never changes once built, so many threads
    may ask it.

    Args:
        watches: Every watch. One whose stored rule cannot be read any more is left out and listed in
            :attr:`broken`.
        vocabulary: Names of facts and files that rules may use.
    """

    def __init__(self, watches: Iterable[Watch], vocabulary: Vocabulary | None = None) -> None:
        self._vocabulary = vocabulary or Vocabulary()
        self.broken: dict[str, ConfigError] = {}
        self._rules: list[Rule] = []
        #: By phase, and by the place of their rule, watches with their place among all.
        self._watches: dict[Phase, list[list[tuple[int, Watch]]]] = {Phase.FLASH: [], Phase.ENRICHED: []}
        self._filed: dict[Key, list[int]] = defaultdict(list)
        self._always: list[int] = []
        self._build(watches)

    def match(self, subject: MatchInput, phase: Phase) -> list[Watch]:
        """The watches that want this announcement in this phase, in the order they were given.

        Watches of both cadences are returned; it is the caller who keeps digests for later.
        """
        rules, watches = self._rules, self._watches[phase]
        found: list[tuple[int, Watch]] = []
        for entry in self._candidates(subject):
            if rules[entry].matches(subject):
                found += watches[entry]
        found.sort(key=itemgetter(0))
        return [watch for _, watch in found]

    def _build(self, watches: Iterable[Watch]) -> None:
        entries: dict[str, int] = {}
        for order, watch in enumerate(watches):
            if watch.rule not in entries:
                try:
                    rule = parse_rule(watch.rule, self._vocabulary)
                except ConfigError as error:
                    self.broken[watch.watch_id] = error
                    continue
                entries[watch.rule] = self._file(rule)
            for phase, filed in self._watches.items():
                if watch.phase in (phase, Phase.BOTH):
                    filed[entries[watch.rule]].append((order, watch))

    def _file(self, rule: Rule) -> int:
        entry = len(self._rules)
        self._rules.append(rule)
        for filed in self._watches.values():
            filed.append([])
        anchor = rule.anchor()
        if anchor is None:
            self._always.append(entry)
        else:
            for key in anchor.keys:
                self._filed[key].append(entry)
        return entry

    def _candidates(self, subject: MatchInput) -> set[int]:
        entries = set(self._always)
        for key in subject.index_keys():
            entries.update(self._filed.get(key, ()))
        return entries
