"""Which investors are one, by the judgements that hold."""

from __future__ import annotations

from collections.abc import Iterable


def survivors_of(ids: Iterable[str], joined: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Under which investor each is shown: the first named of the last judgement that joined two groups.

    Args:
        ids: All investors of the groups concerned.
        joined: What was judged the same, oldest first, each as (survivor, the other).

    >>> survivors_of("abcd", [("a", "b"), ("c", "b")])
    {'a': 'c', 'b': 'c', 'c': 'c', 'd': 'd'}
    """
    above = {key: key for key in ids}

    def top(key: str) -> str:
        while above[key] != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    for one, other in joined:
        above[top(other)] = top(one)
    return {key: top(key) for key in above}
