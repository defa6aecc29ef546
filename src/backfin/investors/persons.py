"""Compares the names of two persons word by word: any order, initials, spellings, parts left out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from backfin.investors.alignment import Alignment, align
from backfin.investors.comparison import Comparison, verdict
from backfin.investors.rarity import COMMON_IN_PERSONS
from backfin.investors.spellings import SAME_NAME
from backfin.investors.words import FEMALE_WORDS, GENERATIONS, MALE_WORDS, PARTICLES, SOFT_GIVEN_WORDS

#: Words less alike than this are rather two names than one.
ONE_LETTER_LINE = 0.7

#: Given names from this length on may be two written together.
_COMPOUND = 8

#: Holders of at most this number are held against each other in every order.
_MOST_ORDERED = 4


def compare_persons(one: Sequence[str], other: Sequence[str]) -> Comparison:
    """Compares two personal names given as the words of their normal forms."""
    if "and" in one or "and" in other:
        return _compare_holders(_holders(one), _holders(other))
    return _compare_one(one, other)


def are_different(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two personal names are clearly two; one that is a part of the other, or its initials, is not."""
    if "".join(one) == "".join(other):
        return False
    found = align(one, other)
    is_each_more = bool(_hard(found.left)) and bool(_hard(found.right))
    return is_each_more or not found.places or found.likeness < ONE_LETTER_LINE


def _compare_one(one: Sequence[str], other: Sequence[str]) -> Comparison:
    whole = "".join(one)
    if whole == "".join(other) and whole.isalpha():
        return verdict(0.95, "The same letters, parted differently.")
    generations = _generation(one), _generation(other)
    if all(generations) and generations[0] != generations[1]:
        return verdict(0.3, f"“{generations[0]}” and “{generations[1]}” are two generations.")
    found = _judge(align(_without_generation(one), _without_generation(other)))
    if any(generations) and generations[0] != generations[1]:
        return found.at_most(0.78, "Only one of the two states a generation.")
    return found


def _compare_holders(one: list[list[str]], other: list[list[str]]) -> Comparison:
    if len(one) != len(other):
        best = max((_compare_one(a, b) for a in one for b in other), key=lambda found: found.score)
        return best.at_most(0.62, "One name is of joint holders, the other is not.")
    orders = permutations(other) if len(other) <= _MOST_ORDERED else (other, other[::-1])
    ways = ([_compare_one(a, b) for a, b in zip(one, order, strict=True)] for order in orders)
    return max((min(way, key=lambda each: each.score) for way in ways), key=lambda each: each.score)


def _judge(found: Alignment) -> Comparison:
    left, right = _hard(found.left), _hard(found.right)
    words = found.whole_words
    if left and right:
        score = 0.35 if found.likeness > ONE_LETTER_LINE else 0.3
        return verdict(score, f"“{' '.join(left)}” and “{' '.join(right)}” are different names.")
    if _is_of_two_sexes(found):
        return verdict(0.4, "One is a man's name, the other a woman's.")
    if not words:
        return verdict(0.4, "Nothing but initials in common.")
    if found.likeness < ONE_LETTER_LINE:
        return verdict(0.5, f"{_spellings(found)}, which is another name more often than a slip.")
    extra = left or right
    if extra and len(found.places) < 2:
        return verdict(0.45, f"Only one word in common; “{' '.join(extra)}” stands in one name alone.")
    return _weighed(found, extra)


def _weighed(found: Alignment, extra: list[str]) -> Comparison:
    """The score of two names in which nothing speaks for two bearers; each doubt holds it down."""
    doubts: list[tuple[float, str]] = []
    if found.alike:
        doubts.append((_spelling_score(found), _spellings(found)))
    if found.joined:
        doubts.append((0.95, f"“{'”, “'.join(found.joined)}” is parted differently"))
    if found.initials:
        doubts.append((_initials_score(found), _initials(found)))
    if extra:
        doubts.append((_extra_score(found, extra), f"“{' '.join(extra)}” stands in one name alone"))
    soft = [word for word in (*found.left, *found.right) if word in SOFT_GIVEN_WORDS]
    if soft:
        doubts.append((0.9, f"“{' '.join(soft)}” is often left off"))
    if not found.is_in_order:
        doubts.append((0.62, "the words stand in another order, as with a father and a son"))
    if not doubts and _is_swap_of_common(found):
        doubts.append((0.9, "two common names, changed about"))
    score = min((score for score, _ in doubts), default=0.97)
    score -= 0.02 * min(2, max(0, len(doubts) - 1))
    reasons = "; ".join(reason for _, reason in doubts) or "The same words in another order"
    return verdict(score, f"{reasons}.")


def _is_swap_of_common(found: Alignment) -> bool:
    """Whether two given names stand the other way round, as with a father and a son."""
    words = [SAME_NAME.get(word, word) for word, _ in found.exact]
    return (
        len(words) == 2 and found.places[0][0] != found.places[0][1] and COMMON_IN_PERSONS.issuperset(words)
    )


def _spelling_score(found: Alignment) -> float:
    sure = len(found.exact) + sum(likeness >= 0.95 for *_, likeness in found.alike)
    return found.likeness if sure > 1 or found.likeness < 0.95 else 0.9


def _initials_score(found: Alignment) -> float:
    whole = [*(word for word, _ in found.exact), *(word for word, *_ in found.alike)]
    if found.whole_words > 1:
        return 0.94 if len(found.initials) == 1 and not _is_outer_initial(found) else 0.86
    rare = any(word not in COMMON_IN_PERSONS and len(word) > 3 for word in whole)
    return 0.8 if rare or len(found.initials) > 1 else 0.7


def _is_outer_initial(found: Alignment) -> bool:
    return any(place == 0 for place in found.initial_places)


def _extra_score(found: Alignment, extra: list[str]) -> float:
    if all(len(word) == 1 for word in extra) and _is_compound_initialled(found):
        return 0.82
    if found.is_first_left_out and all(len(word) > 1 for word in extra):
        return 0.66
    if len(extra) > 1:
        return 0.77
    if found.whole_words > 1:
        return 0.84
    return 0.77 if any(len(word) == 1 for word, _ in found.exact) else 0.7


def _is_compound_initialled(found: Alignment) -> bool:
    """Whether an initial stands for a word long enough to be two: "O. P." is "Omprakash"."""
    return any(len(long) >= _COMPOUND for _, long in found.initials)


def _spellings(found: Alignment) -> str:
    return ", ".join(f"“{a}” is spelt “{b}”" for a, b, _ in found.alike)


def _initials(found: Alignment) -> str:
    return ", ".join(f"“{short}” may stand for “{long}”" for short, long in found.initials)


def _hard(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in SOFT_GIVEN_WORDS and word not in PARTICLES]


def _is_of_two_sexes(found: Alignment) -> bool:
    left, right = set(found.left), set(found.right)
    return bool(left & MALE_WORDS and right & FEMALE_WORDS) or bool(
        left & FEMALE_WORDS and right & MALE_WORDS
    )


def _holders(words: Sequence[str]) -> list[list[str]]:
    holders: list[list[str]] = [[]]
    for word in words:
        if word == "and":
            holders.append([])
        else:
            holders[-1].append(word)
    return [holder for holder in holders if holder] or [list(words)]


def _generation(words: Sequence[str]) -> str:
    return GENERATIONS.get(words[-1], "") if len(words) > 2 else ""


def _without_generation(words: Sequence[str]) -> Sequence[str]:
    return words[:-1] if _generation(words) else words
