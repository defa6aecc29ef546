"""The labels of real filings are in the format, on the right side, and borne out by their texts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from backfin.errors import ConfigError
from backfin.evaluation.gold import Split, Truth, load_gold, of_split, split_of, truth_from_demo
from backfin.evaluation.sources import Source, find_texts, key_of, load_sources, text_from

GOLD = Path(__file__).parents[1] / "gold"


@pytest.fixture(scope="module")
def entries() -> list[Truth]:
    return load_gold(GOLD)


def test_there_are_many_labels_of_many_kinds(entries: list[Truth]) -> None:
    assert len(entries) >= 200
    assert len({entry.category for entry in entries}) >= 40
    assert len({entry.event_type for entry in entries}) == 27
    assert Counter(entry.source for entry in entries)["pdf"] == 48


@pytest.mark.parametrize("split", [Split.TUNE, Split.HELD_OUT])
def test_every_label_is_in_the_file_its_key_says(split: Split) -> None:
    entries = load_gold(GOLD / f"{split}.jsonl")

    assert of_split(entries, split) == entries
    assert len(entries) >= 100


def test_the_half_of_a_filing_never_changes() -> None:
    halves = "tune held_out held_out tune held_out held_out"

    assert " ".join(split_of(f"bse:{number}") for number in range(6)) == halves


def test_what_was_seen_is_held_out_no_more() -> None:
    line = {"key": "bse:1", "category": "New Order", "event_type": "order_win"}
    unseen, seen = Truth.model_validate(line), Truth.model_validate({**line, "seen": True})

    assert of_split([unseen, seen], Split.HELD_OUT) == [unseen]
    assert of_split([unseen, seen], Split.TUNE) == [seen]


def test_every_key_has_a_text(entries: list[Truth], shared: Path) -> None:
    texts = find_texts(
        load_sources(GOLD / "sources.json"), shared / "fixtures", [entry.key for entry in entries]
    )

    assert {entry.key for entry in entries} - set(texts) == set()
    assert all(text.announcement.text or text.files for text in texts.values())


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        '{"key": "k", "category": "No Such Label", "event_type": "routine"}',
        '{"key": "k", "category": "New Order", "event_type": "order_win", "facts": {"coupon": "9"}}',
        '{"key": "k", "category": "New Order", "event_type": "order_win", "colour": "red"}',
        '{"key": "k", "category": "New Order", "event_type": "order_win", "optional": {"coupon": null}}',
        '{"key": "k", "category": "New Order", "event_type": "order_win", "facts": {"stage": "PO"}, '
        '"optional": {"stage": "PO"}}',
    ],
)
def test_a_line_out_of_format_is_refused_with_its_number(line: str, tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text(f"\n{line}\n", encoding="utf-8")

    with pytest.raises(ConfigError, match="line 2"):
        load_gold(file)


def test_a_key_may_come_once_only(tmp_path: Path) -> None:
    line = '{"key": "k", "category": "New Order", "event_type": "order_win"}\n'
    (tmp_path / "gold.jsonl").write_text(line * 2, encoding="utf-8")

    with pytest.raises(ConfigError, match="comes twice"):
        load_gold(tmp_path)


def test_a_folder_without_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no gold file"):
        load_gold(tmp_path / "nothing.jsonl")


def test_the_sample_day_s_truth_is_truth_of_the_same_form() -> None:
    entry = {"slug": "s", "traps": [], "category": "New Order", "event_type": "order_win", "facts": {}}

    assert truth_from_demo({"ab": entry}) == [
        Truth(key="bse:ab", category="New Order", event_type="order_win")
    ]


def test_rows_are_found_however_deep_they_lie(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text('{"Table": [{"NEWSID": "{AB}", "NEWSSUB": "X Ltd - 1 - Dividend"}]}')
    source = Source(
        files=("*.json",),
        rows_with="NEWSID",
        key="bse",
        key_field="NEWSID",
        fields={"subject": "NEWSSUB", "scrip_code": "=1"},
    )

    texts = find_texts({"rows": source}, tmp_path, ["bse:ab", "bse:cd"])

    assert {key: text.announcement.subject for key, text in texts.items()} == {"bse:ab": "Dividend"}


def test_a_row_without_an_id_is_keyed_by_its_content() -> None:
    source = Source(files=(), key="file", key_field="attachment")

    assert key_of(source, {"attachment": "https://host/a/B.pdf"}) == "file:b.pdf"
    assert key_of(source, {"attachment": "-"}).startswith("sha256:")


def test_words_at_hand_become_an_announcement_and_its_pages() -> None:
    text = text_from(
        "mine:1", {"subject": "Order", "page_1": "an order of Rs. 5 crore", "disseminated_at": "2026-07-15"}
    )

    assert text.announcement.text == "Order"
    assert [(page.number, page.text) for page in text.pages] == [(1, "an order of Rs. 5 crore")]
    assert text.announcement.disseminated_at.isoformat() == "2026-07-15T00:00:00+05:30"
