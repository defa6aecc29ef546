"""Rules that name a file of issuers: what is read of it, what is refused, and when it is read again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.context import WatchCache
from backfin.errors import ConfigError
from backfin.models import Phase
from backfin.notifications.lists import IssuerLists
from backfin.notifications.rules import Vocabulary, match_input, parse_rule
from backfin.storage.store import Store
from backfin.testing import make_announcement, make_watch

#: As exchanges publish the members of an index.
INDEX = """Company Name,Industry,Symbol,Series,ISIN Code
"Saraswati Cables Ltd., India",Cables,SARAS,EQ,INE002A01018
Girnar Alloys Ltd.,Metals,GIRNAR,EQ,INE009A01021
"""
MEMBER = match_input(make_announcement(isin="INE009A01021", symbol=None), None)
BY_SYMBOL = match_input(make_announcement(isin=None, symbol="girnar"), None)
BY_CODE = match_input(make_announcement(isin=None, symbol=None, scrip_code="999032"), None)
BY_NAME = match_input(
    make_announcement(isin=None, symbol=None, scrip_code=None, issuer_name="GIRNAR ALLOYS LIMITED"), None
)
STRANGER = match_input(make_announcement(isin="INE467B01029", symbol="OTHER", issuer_name="Other Ltd"), None)


@pytest.fixture
def known(tmp_path: Path) -> Vocabulary:
    (tmp_path / "nifty50.csv").write_text(INDEX, encoding="utf-8-sig")
    return Vocabulary(lists=IssuerLists(tmp_path))


def test_the_members_of_an_index_are_meant_by_every_code(known: Vocabulary) -> None:
    rule = parse_rule('issuer in file "nifty50.csv" and not symbol = SARAS', known)

    assert rule.matches(MEMBER)
    assert rule.matches(BY_SYMBOL)
    assert not rule.matches(STRANGER)
    assert not rule.needs_enrichment
    assert parse_rule("issuer not in file nifty50.csv", known).matches(STRANGER)
    assert parse_rule('isin in file "nifty50.csv" or symbol = OTHER', known).matches(MEMBER)
    assert not parse_rule('isin in file "nifty50.csv"', known).matches(BY_SYMBOL)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("INE009A01021\n\nINE002A01018\n", MEMBER),
        ("scrip_code,weight\n999032,2.5\n", BY_CODE),
        ("Security Code;\n", None),
        ("Company,Weight\nGirnar Alloys Ltd,3\n", BY_NAME),
        ("Girnar Alloys Ltd\n", BY_NAME),
    ],
)
def test_other_tables_are_read_too(tmp_path: Path, text: str, meant: object) -> None:
    (tmp_path / "mine.csv").write_text(text)
    lists = IssuerLists(tmp_path)
    if meant is None:
        with pytest.raises(ConfigError, match="is empty; write"):
            lists.forms("mine.csv")
        return

    rule = parse_rule("issuer in file mine.csv", Vocabulary(lists=lists))
    assert rule.matches(meant)  # type: ignore[arg-type]
    assert not rule.matches(STRANGER)


@pytest.mark.parametrize(
    ("rule", "advice"),
    [
        ('issuer in file "nifty500.csv"', "put a CSV file there"),
        ('issuer in file "../nifty50.csv"', "without a path"),
        ('issuer in file "/etc/passwd"', "without a path"),
        ('issuer in file ".hidden"', "without a path"),
        ('issuer in file "picture.csv"', "save it as one"),
        ("issuer in file", 'in file "name.csv"'),
        ("investor in file x", "investor in \\(A, B\\)"),
    ],
)
def test_a_bad_file_is_refused_with_what_to_do(
    known: Vocabulary, tmp_path: Path, rule: str, advice: str
) -> None:
    (tmp_path / "picture.csv").write_bytes(bytes(range(256)))

    with pytest.raises(ConfigError, match=advice) as caught:
        parse_rule(rule, known)
    assert "^" in str(caught.value), "nothing points at the mistake"


def test_without_a_folder_no_file_can_be_named() -> None:
    with pytest.raises(ConfigError, match=r"issuer in \(A, B\)"):
        parse_rule('issuer in file "nifty50.csv"')


def test_words_of_a_text_may_still_be_in_and_file() -> None:
    assert parse_rule("shares in file cabinet").matches(
        match_input(make_announcement(headline="Shares found in the file cabinet"), None)
    )


def test_a_file_that_changes_or_comes_back_is_read_again(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'b.db'}")
    store.prepare()
    store.watches.put(make_watch("members", 'issuer in file "nifty50.csv"'))
    cache = WatchCache(store, tmp_path)

    def meant() -> list[str]:
        return [watch.name for watch in cache.index().match(MEMBER, Phase.ENRICHED)]

    assert meant() == []
    (tmp_path / "nifty50.csv").write_text(INDEX)
    assert meant() == ["members"]
    index = cache.index()
    assert cache.index() is index, "an unchanged file is read at every match"
    (tmp_path / "nifty50.csv").write_text("ISIN\nINE467B01029\n")
    assert meant() == []
    store.close()


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("lists")
    (folder / "any.csv").write_text(text, encoding="utf-8", errors="replace")

    try:
        forms = IssuerLists(folder).forms("any.csv")
    except ConfigError:
        return
    assert all(form == form.strip() and form for form in forms)
