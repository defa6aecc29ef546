"""How telling a word is: words that many names share say little of who bears them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_COMMON_IN_PERSONS_TEXT = """
    abdul agarwal ahmed ali ajay amit anil anita arun ashok bhai bhatt chen choudhary chowdhury das desai deepak devi
    doshi garcia ghosh gonzalez goyal gupta hassan hernandez hussain iyer jain james jones joseph joshi kapoor kaur
    khan kim kumar lal lee li lopez mahesh manish martin martinez mehta michael mishra modi mohammed mukesh
    mukherjee nair naidu nguyen pandey park patel patil perez prakash prasad rahul raj rajesh rakesh ram ramesh
    rani rao reddy rodriguez roy sandeep sanchez sanjay santosh shah sharma shetty shukla silva singh sinha smith
    soni srinivasan sunil sunita suresh thomas tiwari tran varma verma vijay vinod wang williams yadav zhang
"""

#: Words that a great many persons bear.
COMMON_IN_PERSONS = frozenset(_COMMON_IN_PERSONS_TEXT.split())

_TOTAL = "*"


@cache
def _counts() -> Mapping[str, int]:
    text = files("backfin.investors").joinpath("company_words.txt").read_text(encoding="utf-8")
    return {word: int(count) for word, _, count in (line.partition(" ") for line in text.splitlines())}


@cache
def rarity(word: str) -> float:
    """From near 0 for a word that stands in every third company name to 1 for one that hardly any has.

    >>> rarity("ltd") < rarity("industries") < rarity("lotus") <= rarity("zorblat")
    True
    """
    counts = _counts()
    total = counts[_TOTAL]
    return math.log(total / counts.get(word, 2)) / math.log(total / 2)
