"""Compares the names of two bodies: legal forms, series, and the words that tell them apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backfin.investors.body_words import EMPTY, BodyName, read_body
from backfin.investors.comparison import Comparison, verdict
from backfin.investors.likeness import SOUND_ALIKE, is_acronym_of, sound_of, word_likeness
from backfin.investors.rarity import rarity

#: Words less alike than this are rather two names than one.
_ALIKE = 0.8

#: So much must the words in common tell for a link without asking.
_TELLING = 0.45

#: What a stated legal form and another one come to, where they are not simply two bodies.
_FORMS_MAY_DIFFER = {
    frozenset(["private", "limited"]): 0.8,
    frozenset(["limited", "plc"]): 0.8,
    frozenset(["limited", "inc"]): 0.76,
    frozenset(["limited", "llc"]): 0.76,
    frozenset(["private", "llc"]): 0.76,
    frozenset(["inc", "llc"]): 0.76,
    frozenset(["jsc", "limited"]): 0.76,
    frozenset(["jsc", "ojsc"]): 0.92,
    frozenset(["jsc", "pjsc"]): 0.92,
    frozenset(["jsc", "cjsc"]): 0.88,
    frozenset(["ojsc", "pjsc"]): 0.85,
}

#: Words left off at will that part two bodies of one house at times.
_WEIGHTY_TRIFLES = frozenset(["co", "corp", "group", "plan", "portfolio"])

#: Words of at most so many letters may sound alike by chance.
_SHORT_SOUND = 4

#: So many words in a row are tried as one, or as an acronym.
_MOST_PARTS = 3

#: What has no vowel is an acronym, and another where one letter differs.
_VOWEL = re.compile(r"[aeiouy]")

#: So many letters of the last word are left where the whole is cut short.
_LEAST_CUT = 3


@dataclass
class _Match:
    """What two bodies' words have in common, and what is left of each."""

    pairs: list[tuple[str, str, float]] = field(default_factory=list)
    acronyms: list[tuple[str, str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    right: list[str] = field(default_factory=list)
    is_in_order: bool = True

    @property
    def telling(self) -> float:
        """How much the words in common say, summed."""
        return sum(rarity(a) * likeness for a, _, likeness in self.pairs) + len(self.acronyms)


def compare_bodies(one: Sequence[str], other: Sequence[str]) -> Comparison:
    """Compares two names of bodies given as the words of their normal forms."""
    left, right = read_body(tuple(one)), read_body(tuple(other))
    if left.series != right.series:
        return verdict(
            0.4, f"The numbers or series differ: {_shown(left.series)} and {_shown(right.series)}."
        )
    return _with_forms(_compare_cores(left, right), left, right)


def _with_forms(compared: Comparison, left: BodyName, right: BodyName) -> Comparison:
    if left.form == right.form:
        return compared
    if not left.form or not right.form:
        stated = left.form or right.form
        line = 0.94 if len(left.core) > 1 else 0.85
        return compared.at_most(line, f"Only one of the two states its legal form, {stated}.")
    line = _FORMS_MAY_DIFFER.get(frozenset((left.form, right.form)), 0.45)
    return compared.at_most(line, f"The legal forms differ: {left.form} and {right.form}.")


def _compare_cores(left: BodyName, right: BodyName) -> Comparison:
    one, other = left.core, right.core
    if left.full == right.full:
        return verdict(1.0, "The same words but for the legal form.")
    if one == other:
        return _without_trifles(left, right)
    whole = "".join(one), "".join(other)
    if whole[0] == whole[1]:
        return verdict(0.96, "The same letters, parted differently.")
    for acronym, named in ((one, right), (other, left)):
        if len(acronym) == 1 and any(is_acronym_of(acronym[0], words) for words in _initialled(named)):
            return verdict(0.8, f"“{acronym[0]}” is made of the first letters of “{' '.join(named.full)}”.")
    return _judge(_match(list(left.full), list(right.full)))


def _without_trifles(left: BodyName, right: BodyName) -> Comparison:
    apart = sorted(({*left.full} ^ {*right.full}) & _WEIGHTY_TRIFLES)
    if apart:
        return verdict(0.9, f"The same words but for “{' '.join(apart)}”.")
    return verdict(0.96, "The same words but for small ones.")


def _initialled(named: BodyName) -> tuple[tuple[str, ...], ...]:
    """The words that an acronym of a body may be made of: with and without "Ltd" and "of India"."""
    words = named.full
    home = words[:-1] if words[-1] == "india" else words
    return (words, (*words, "ltd"), home, (*home, "ltd"), named.core)


def _judge(found: _Match) -> Comparison:
    common = [f"“{a}” is spelt “{b}”" for a, b, likeness in found.pairs if likeness < 1]
    common += [f"“{short}” is made of the first letters of “{long}”" for short, long in found.acronyms]
    if not found.pairs and not found.acronyms:
        return verdict(0.1, "No word in common.")
    if found.left and found.right:
        reason = f"“{' '.join(found.left)}” and “{' '.join(found.right)}” are different words."
        return verdict(0.25 + 0.2 * _share(found), reason)
    if found.telling < _TELLING and (found.left or found.right):
        return verdict(0.4, "No telling word in common.")
    extra = found.left or found.right
    if extra:
        if len(extra) == 1 and len(extra[0]) == 1:
            return verdict(0.77, f"The letter “{extra[0]}” stands in one name alone.")
        weight = sum(map(rarity, extra))
        reason = f"“{' '.join(extra)}” stands in one name alone."
        return verdict(min(0.7, max(0.45, 0.74 - 0.2 * weight)), " ".join((*_sentences(common), reason)))
    least = min((likeness for *_, likeness in found.pairs), default=1.0)
    score = least if least < SOUND_ALIKE else 0.96 if least == 1 else _sound_score(found)
    if least < _ALIKE:
        score = 0.68
    if found.acronyms:
        score = min(score, 0.8)
    if found.telling < _TELLING or not found.is_in_order:
        score = min(score, 0.9)
    return verdict(score, f"{'; '.join(common) or 'The same words in another order'}.")


def _sound_score(found: _Match) -> float:
    """Short words sound alike by chance."""
    shortest = min(len(a) for a, _, likeness in found.pairs if likeness < 1)
    return 0.95 if shortest > _SHORT_SOUND else 0.9


def _sentences(reasons: list[str]) -> list[str]:
    return [f"{'; '.join(reasons)}."] if reasons else []


def _share(found: _Match) -> float:
    apart = sum(map(rarity, (*found.left, *found.right)))
    return found.telling / (found.telling + apart + 0.01)


def _match(one: list[str], other: list[str]) -> _Match:
    one, other = _joined(one, other), _joined(other, one)
    found = _Match(left=list(one), right=list(other))
    for likeness, a, b in sorted(_pairs(one, other), reverse=True):
        if likeness and a in found.left and b in found.right:
            found.left.remove(a)
            found.right.remove(b)
            found.pairs.append((a, b, likeness))
    twins = {a: b for a, b, _ in found.pairs}
    places = [other.index(twins[word]) for word in one if word in twins]
    found.is_in_order = places == sorted(places)
    _pair_acronyms(found)
    found.left, found.right = _telling_words(found.left), _telling_words(found.right)
    found.pairs = [pair for pair in found.pairs if pair[0] not in EMPTY]
    return found


def _telling_words(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in EMPTY]


def _pairs(one: list[str], other: list[str]) -> list[tuple[float, str, str]]:
    return [(_body_word_likeness(a, b), a, b) for a in one for b in other]


def _body_word_likeness(one: str, other: str) -> float:
    """As of any two words; a word of trade may be cut short, and a slip in it does not make it another."""
    if one == other:
        return 1.0
    if not (_VOWEL.search(one) and _VOWEL.search(other)):
        return 0.0
    found = word_likeness(one, other)
    short, long = sorted((one, other), key=len)
    if 3 <= len(short) < len(long) - 2 and long.startswith(short) and rarity(long) < _CUT_SHORT:
        return max(found, 0.9)
    if found and min(rarity(one), rarity(other)) < _CUT_SHORT and len(short) > 6:
        return max(found, 0.9)
    return found


#: Words at least so common are cut short at will.
_CUT_SHORT = 0.75


def _pair_acronyms(found: _Match) -> None:
    for words, others in ((found.left, found.right), (found.right, found.left)):
        for word in list(words):
            run = _run_of(word, others)
            if run:
                words.remove(word)
                for part in run:
                    others.remove(part)
                found.acronyms.append((word, " ".join(run)))


def _run_of(word: str, others: Sequence[str]) -> list[str]:
    """The words in a row that an acronym is made of; none where it is not one."""
    if not 2 <= len(word) <= 7:
        return []
    for start in range(len(others)):
        for end in range(start + 2, len(others) + 1):
            if is_acronym_of(word, others[start:end]):
                return list(others[start:end])
    return []


def _joined(words: list[str], others: list[str]) -> list[str]:
    """Words that the other name writes as one, put together."""
    known = {sound_of(word): word for word in others if word not in words}
    if not known:
        return words
    firsts = {sound[:1] for sound in known}
    found, place = [], 0
    while place < len(words):
        most = _MOST_PARTS if sound_of(words[place])[:1] in firsts else 1
        runs = (words[place : place + n] for n in range(min(most, len(words) - place), 1, -1))
        whole, count = next(
            ((one, len(run)) for run in runs if (one := _one_word(run, known))), (words[place], 1)
        )
        found.append(whole)
        place += count
    return found


def _one_word(parts: Sequence[str], known: Mapping[str, str]) -> str:
    """The other name's word for some words in a row: whole, or cut short as "agrotech" is; else nothing."""
    whole, first = sound_of("".join(parts)), sound_of("".join(parts[:-1]))
    if whole in known:
        return known[whole]
    cut = [sound for sound in known if whole.startswith(sound) and len(sound) >= len(first) + _LEAST_CUT]
    return known[cut[0]] if cut else ""


def _shown(words: Sequence[str]) -> str:
    return " ".join(words) or "none"
