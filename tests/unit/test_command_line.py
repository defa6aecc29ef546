"""What people type is read strictly; what they are shown is fitted to where they look."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import typer

from backfin.cli import output, tables
from backfin.cli.arguments import isin_of_text, one_of, past_day, span
from backfin.cli.failures import fail_with
from backfin.cli.main import app
from backfin.clock import SystemClock, day_of
from backfin.errors import BackfinError, ConfigError, ExchangeUnavailable, ParseError
from backfin.models import EventType

HEADLINE = "Example Works Ltd wins an order worth five crore from a railway that has a long name"
ROWS = [("2026-07-15 10:00", "New Order", HEADLINE), ("2026-07-15 09:00", "USFDA", "[red]Short[/blue]")]
COLUMNS = ("IST", "category", "headline")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal of 80 columns."""
    stream = io.StringIO()
    console = output._Console()
    console.file, console._force_terminal, console.width = stream, True, 80
    monkeypatch.setattr(output, "console", console)
    monkeypatch.setattr(tables, "console", console)
    return stream


def show(columns: tuple[str, ...] = COLUMNS, rows: list[tuple[str, ...]] = ROWS) -> None:
    tables.print_table(columns, rows, wraps=("headline",), empty="Nothing.")


@pytest.mark.parametrize(
    "text", ["yesterday", "20260715", "2026-W29-3", "2026-02-30", "2026-7-1", "२०२६-०७-१५"]
)
def test_a_day_is_written_in_one_way(text: str) -> None:
    with pytest.raises(ConfigError, match="YYYY-MM-DD"):
        span(text, None)


def test_a_day_that_has_not_come_is_refused() -> None:
    today = day_of(SystemClock().now())

    assert past_day(today.isoformat()) == today
    with pytest.raises(ConfigError, match="not come yet"):
        past_day((today + timedelta(days=1)).isoformat())


def test_a_span_ends_after_it_began() -> None:
    with pytest.raises(ConfigError, match="before the first day"):
        span("2026-07-15", "2026-07-14")


def test_a_word_is_read_whatever_its_capitals() -> None:
    assert "order_win" == one_of("Order_Win", EventType, "event type")


def test_a_wrong_word_gets_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'order_win'"):
        one_of("order_wn", EventType, "event type")


def test_an_isin_is_read_in_small_letters_too() -> None:
    assert "INE002A01018" == isin_of_text(" ine002a01018")


def test_a_pipe_gets_one_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    show()

    lines = capsys.readouterr().out.splitlines()
    assert 3 == len(lines)
    assert lines[1].endswith(HEADLINE)


def test_a_terminal_gets_whole_words_within_its_width(terminal: io.StringIO) -> None:
    show()

    lines = terminal.getvalue().splitlines()
    assert max(map(len, lines[1:])) <= 80
    assert "2026-07-15 10:00  New Order" in lines[1]
    assert HEADLINE.split() == " ".join(line[29:] for line in lines[1:-1]).split()


def test_a_narrow_terminal_gets_blocks(terminal: io.StringIO) -> None:
    output.console.width = 40

    show()

    lines = [line.rstrip() for line in terminal.getvalue().splitlines()]
    assert "IST       2026-07-15 10:00" in lines
    assert "category  USFDA" in lines


def test_a_cell_steers_no_terminal(terminal: io.StringIO) -> None:
    show(("name",), [("[red]a[/blue] \x1b[31mb\nc :smile:",)])

    assert "[red]a[/blue] [31mb c :smile:" in terminal.getvalue()


def test_an_empty_table_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    show(rows=[])

    assert ("", "Nothing.\n") == capsys.readouterr()


def test_a_headline_names_its_issuer_once() -> None:
    item = {"issuer_name": "EXAMPLE WORKS LTD.", "headline": "Example Works Ltd wins", "subject": ""}

    assert "Example Works Ltd wins" == tables.told(item)
    assert "EXAMPLE WORKS LTD.: Dividend" == tables.told(item | {"enriched_headline": "Dividend"})


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("a"), 2),
        (ExchangeUnavailable("a"), 3),
        (ConfigError("a", service="redis"), 3),
        (ParseError("a"), 1),
        (OSError(28, "No space left on device"), 1),
        (ValueError("a"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_an_error_decides_the_exit_code(
    error: BackfinError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code == fail_with(error)
    assert capsys.readouterr().err.startswith("backfin: ")


def commands_without_json(command: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The commands, by their words, that cannot print one JSON document."""
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands_without_json(inner, (*path, name))
    options = {option for parameter in command.params for option in parameter.opts}
    if not hasattr(command, "commands") and "--json" not in options:
        yield " ".join(path)


def test_every_command_that_lists_or_makes_something_prints_json() -> None:
    found = set(commands_without_json(typer.main.get_command(app)))

    assert found == {"up", "metrics", "db upgrade", "db downgrade"}
