"""Keys under which a name is found among many: two names that may be one share at least one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations, pairwise

from backfin.investors.alignment import ENDINGS, LEAST_STEM
from backfin.investors.body_words import BodyName, read_body
from backfin.investors.kinds import class_of
from backfin.investors.likeness import skeleton_of, sound_of
from backfin.investors.names import kind_of_form
from backfin.investors.rarity import rarity
from backfin.investors.spellings import SHORT_FORMS
from backfin.investors.words import GENERATIONS, PARTICLES, SOFT_GIVEN_WORDS

#: Longer names are cut: what stands behind tells nothing new.
_MOST_WORDS = 7

#: Words of a person's name from which on those often left off are not needed to find it.
_ENOUGH = 2

#: Shorter wholes are shared by chance.
_LEAST_WHOLE = 5

#: Words of bodies at least so rare stand for a key alone.
_RARE = 0.85


@lru_cache(maxsize=4096)
def keys_of(form: str) -> frozenset[str]:
    """The keys of a normal form. A store keeps one row per key and investor.

    >>> sorted(keys_of("ashok kumar mehra") & keys_of("a k mehra"))
    ['i:mr a', 'i:mr ak']
    >>> sorted(keys_of("pine beverages ltd") & keys_of("pine bewerages"))
    ['w:pnbvrgs']
    """
    words = form.split()[:_MOST_WORDS]
    if not words:
        return frozenset()
    kind = class_of(kind_of_form(form))
    if kind in ("person", "huf"):
        bare = [word for word in words if word not in ("huf", "and")]
        return frozenset(_person_keys(bare)) | frozenset(_whole_keys(words))
    return frozenset(_body_keys(read_body(tuple(form.split())))) | frozenset(_whole_keys(words))


def _person_keys(words: Sequence[str]) -> Iterator[str]:
    named = [word for word in words if word not in PARTICLES and word not in GENERATIONS] or list(words)
    telling = [word for word in named if word not in SOFT_GIVEN_WORDS]
    if sum(len(word) > 1 for word in telling) < _ENOUGH:
        telling = named
    yield from _pair_keys(telling)
    for joined in _with_neighbours_joined(telling):
        yield from _pair_keys(joined)
    for place, word in enumerate(named):
        if len(word) > 1:
            others = [*named[:place], *named[place + 1 :]]
            yield from (f"i:{spelt} {letters}" for spelt in _spelt(word) for letters in _letters(others))
    if len(words) == 1 or "of" in words:
        yield f"a:{words[0]}"


def _pair_keys(words: Sequence[str]) -> Iterator[str]:
    long = [word for word in words if len(word) > 1]
    for one, other in combinations(long, 2):
        for left in _spelt(one):
            for right in _spelt(other):
                yield f"p:{' '.join(sorted((left, right)))}"
    if len(long) == len(words) == 1:
        yield f"o:{skeleton_of(long[0])}"


def _spelt(word: str) -> list[str]:
    """How a word is spelt in keys: by its consonants; also without an ending, and a short form as what it is for."""
    stems = [word.removesuffix(ending) for ending in ENDINGS if word.endswith(ending)]
    others = [*(stem for stem in stems if len(stem) >= LEAST_STEM), *SHORT_FORMS.get(word, ())]
    return [skeleton_of(word), *sorted(map(skeleton_of, others))]


def _letters(others: Sequence[str]) -> set[str]:
    """The first letters of a name's other words; without those often left off; each initial alone."""
    telling = [word[0] for word in others if word not in SOFT_GIVEN_WORDS]
    initials = [word for word in others if len(word) == 1]
    return {"".join(sorted(word[0] for word in others)), "".join(sorted(telling)), *initials} - {""}


def _with_neighbours_joined(words: Sequence[str]) -> Iterator[list[str]]:
    for place, (one, other) in enumerate(pairwise(words)):
        yield [*words[:place], one + other, *words[place + 2 :]]


def _body_keys(name: BodyName) -> Iterator[str]:
    core = list(name.core)[:_MOST_WORDS]
    by_rarity = sorted(core, key=lambda word: (-rarity(word), word))
    for one, other in combinations(by_rarity[:3], 2):
        yield f"b:{' '.join(sorted((skeleton_of(one), skeleton_of(other))))}"
    yield from (f"r:{sound_of(word)}" for word in by_rarity[:2] if rarity(word) >= _RARE)
    yield from _acronym_keys(name)


def _acronym_keys(name: BodyName) -> Iterator[str]:
    if 2 <= len(name.core[0]) <= _MOST_WORDS:
        yield f"a:{name.core[0]}"
    home = name.full[:-1] if name.full[-1] == "india" else name.full
    for words in {name.core, name.full, home}:
        letters = "".join(word[0] for word in words if word not in ("of", "and", "for"))
        if len(letters) > 1:
            yield from (f"a:{letters}", f"a:{letters}l")


def _whole_keys(words: Sequence[str]) -> Iterator[str]:
    """All words of a name in whatever order; all its letters, however parted and whatever its bearer is."""
    yield f"s:{' '.join(sorted(map(sound_of, words)))}"
    core = read_body(tuple(words)).core
    for whole in {"".join(core), "".join(words)}:
        if len(whole) >= _LEAST_WHOLE:
            yield f"w:{skeleton_of(whole)}"
