"""Garbled text is told from language, in English and in scripts of India, with names, codes and numbers in it."""

from __future__ import annotations

import random

import pytest

from backfin.documents.plausibility import judge

ENGLISH = """The Board of Directors of Shree Jagdamba Chemicals Pvt. Ltd., Thiruvananthapuram
(CIN: L24110GJ1992PLC017922) at its meeting held today has, inter alia,
approved the unaudited standalone financial results for the quarter ended
30.09.2025 under Regulation 33 of SEBI (LODR) Regulations, 2015, and allotted 12,50,000 equity shares of Rs. 10/- each
to M/s. Mukherjee & Krishnamurthy LLP. The EBITDA margin was 23.4% (Q2FY25: 21.9%); write to investors@sjcl.co.in."""

HINDI = "कंपनी के निदेशक मंडल ने आज अपनी बैठक में तिमाही के वित्तीय परिणामों को मंजूरी दी और लाभांश की घोषणा की"

TABLE = "\n".join(f"{n} (a) Sch. {n} 1,23,456.{n:02} (12.{n:02}) - Nil 4.5%" for n in range(10, 60))


def shifted(text: str, by: int) -> str:
    """Text as a broken character map gives it: each letter is another one."""
    return "".join(
        chr((ord(char.lower()) - 97 + by) % 26 + 97) if char.isascii() and char.isalpha() else char
        for char in text
    )


def misread(text: str) -> str:
    """Text as a bad reader of scans gives it."""
    worn = random.Random(7)
    swaps = {
        "h": "lr",
        "e": "€",
        "m": "rn",
        "i": "!",
        "o": "0",
        "t": "l",
        "n": "ri",
        "a": "^",
        "d": "c1",
        "r": "'",
    }
    return "".join(swaps.get(char, char) if worn.random() < 0.25 else char for char in text)


@pytest.mark.parametrize("text", [ENGLISH, ENGLISH.upper(), HINDI, HINDI + ENGLISH, TABLE], ids=range(5))
def test_language_and_tables_are_good(text: str) -> None:
    assert not judge(text).is_garbled()
    assert not judge(text).is_garbled(behind_picture=True)


@pytest.mark.parametrize("by", [1, 3, 7, 13, 20])
def test_a_broken_character_map_is_garbled(by: int) -> None:
    assert judge(shifted(ENGLISH, by)).is_garbled()


@pytest.mark.parametrize(
    "text", ["\ue012\ue034\ue056 \ue0a1\ue0b2 " * 20, "\ufffd\ufffd\ufffd x\ufffdy " * 20]
)
def test_signs_without_a_meaning_are_garbled(text: str) -> None:
    assert judge(text).is_garbled()


def test_a_soup_of_scraps_is_garbled() -> None:
    assert judge("t o ., rl ^- \\o '.t q) ,1 !J <o az ,c i; fi :: r-' z d; irj" * 3).is_garbled()


def test_a_bad_reading_of_a_scan_is_garbled() -> None:
    assert judge(misread(ENGLISH)).is_garbled()


def test_a_slightly_bad_reading_counts_only_where_the_picture_can_be_read_again() -> None:
    text = ENGLISH * 3 + " lndia rneeting tlre rcsults Sharcs Dircctors und€r th€ aud!tor pcriod"

    assert judge(text).is_garbled(behind_picture=True)
    assert not judge(text).is_garbled()


def test_a_short_text_is_not_judged() -> None:
    assert not judge("Xqzv Wrtk").is_garbled()


#: Words in which letters follow each other that seldom do.
RARE = "Outcome faithfully watch Delhi healthcare update lockdown luxury upwards headcount showcase webcast helpful"


@pytest.mark.parametrize("word", RARE.split())
def test_words_of_filings_with_rare_pairs_of_letters_are_words(word: str) -> None:
    assert judge(word).odd == 0


def test_a_layer_with_one_odd_word_in_forty_is_read_again() -> None:
    layer = ENGLISH * 4 + " t]le prcvisions l\\4embers Zihe‘mggato PttK"
    verdict = judge(layer)

    assert 0.015 < verdict.odd / verdict.words < 0.05
    assert verdict.is_garbled(behind_picture=True)
    assert not verdict.is_garbled()
