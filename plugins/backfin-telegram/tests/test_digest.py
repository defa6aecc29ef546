"""A digest as one message of Telegram."""

from __future__ import annotations

import pytest
from backfin_telegram import TelegramNotifier
from backfin_telegram.digest import digest_message_of
from backfin_telegram.message import LIMIT_UNITS, shown_units
from bot_server import BotServer, parsed

from backfin.models import Alert
from backfin.testing import make_alert, make_announcement, make_digest, make_enrichment


def told(headline: str, **changes: str) -> Alert:
    return make_alert(
        announcement=make_announcement(**changes), enrichment=make_enrichment(headline=headline)
    )


def test_each_filing_is_a_line_with_its_link(notifier: TelegramNotifier, server: BotServer) -> None:
    alert = told("Wins & loses", page_url="https://exchange.example/filing?a=1&b=2")

    notifier.send_digest(make_digest(alert), "telegram://42")

    (text,) = server.texts
    assert "1 filing for everything" in text
    assert "Wins & loses" in text
    assert "Watch: everything" in text
    ((_, sent),) = server.calls
    assert 'href="https://exchange.example/filing?a=1&amp;b=2"' in sent["text"]


@pytest.mark.parametrize("words", ["long " * 60, "😀" * 300, "<b>&" * 80])
def test_what_has_no_room_is_counted(words: str) -> None:
    alerts = [told(words, issuer_name=f"{number} {words}") for number in range(50)]
    watches = tuple(f"{words} {number}" for number in range(9))

    text = digest_message_of(make_digest(*alerts, count=60, watches=watches))

    assert shown_units(text) <= LIMIT_UNITS
    shown = text.count("• ")
    assert 0 < shown < 50
    assert f"and {60 - shown} more. All of them: <code>backfin digest d_digest</code>" in text
    parsed(text)
