"""``backfin eval`` as a user calls it: on the sample day, on labels of one's own, by XBRL, against floors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backfin.testing.llm_server import Habit, LlmServer, plain_reply
from backfin.testing.pdf import make_pdf
from processes import DAY, Cli, Exchange, made_day

XBRL = """<?xml version="1.0" encoding="UTF-8"?>
<xbrli:xbrl xmlns:xbrli="http://www.xbrl.org/2003/instance" xmlns:iso4217="http://www.xbrl.org/2003/iso4217"
  xmlns:in-capmkt="http://www.sebi.gov.in/xbrl/2024-12-31/in-capmkt">
  <xbrli:context id="OneD">
    <xbrli:entity><xbrli:identifier scheme="http://www.bseindia.com/scripcode">999001</xbrli:identifier></xbrli:entity>
    <xbrli:period><xbrli:startDate>2026-04-01</xbrli:startDate><xbrli:endDate>2026-06-30</xbrli:endDate></xbrli:period>
  </xbrli:context>
  <xbrli:unit id="INR"><xbrli:measure>iso4217:INR</xbrli:measure></xbrli:unit>
  <in-capmkt:NatureOfReportStandaloneConsolidated contextRef="OneD"
    >Standalone</in-capmkt:NatureOfReportStandaloneConsolidated>
  <in-capmkt:RevenueFromOperations contextRef="OneD" unitRef="INR" decimals="-5"
    >418200000</in-capmkt:RevenueFromOperations>
  <in-capmkt:ProfitLossForPeriod contextRef="OneD" unitRef="INR" decimals="-5"
    >37400000</in-capmkt:ProfitLossForPeriod>
</xbrli:xbrl>
"""

STATEMENT = """Unaudited Financial Results for the quarter ended 30 June 2026 (Rs. in lakhs)

Revenue from operations 4,182.00

Profit after tax 374.00

Limited review report of the statutory auditors"""


def written(path: Path, *entries: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    return path


def order(key: str, value: str, subject: str) -> dict[str, Any]:
    return {
        "key": key,
        "category": "New Order",
        "event_type": "order_win",
        "facts": {"order_value": value},
        "text": {"subject": subject},
    }


def test_the_sample_day_is_the_default_truth(cli: Cli) -> None:
    result = cli.json("eval")

    assert result["measured_on"] == "demo"
    assert {
        "figures",
        "against",
        "comparison",
        "below_floor",
        "missing",
        "limits",
        "filings",
    } <= result.keys()
    assert result["figures"]["money"]["unit_errors"] == 0
    assert result["figures"]["grounded"]["share"] == 1
    assert result["figures"]["category"]["accuracy"] > 0.9


def test_labels_that_carry_their_words_need_nothing_else(cli: Cli, tmp_path: Path) -> None:
    gold = written(
        tmp_path / "gold.jsonl",
        order("mine:1", "125000000", "We have received an order worth Rs. 12.5 crore"),
        order("mine:2", "99", "We have received an order worth Rs. 3 crore"),
    )
    page = tmp_path / "report.html"

    result = cli.json("eval", "--gold", str(gold), "--report", str(page))

    assert (result["figures"]["money"]["right"], result["figures"]["money"]["wrong"]) == (1, 1)
    assert "mine:2" in page.read_text(encoding="utf-8")


def test_a_figure_below_its_floor_ends_with_one(cli: Cli, tmp_path: Path) -> None:
    gold = written(
        tmp_path / "gold.jsonl", order("mine:1", "1", "We have received an order worth Rs. 3 crore")
    )
    floors = tmp_path / "floors.json"
    floors.write_text(json.dumps({"all": {"money.exact": {"at_least": 0.98}}}), encoding="utf-8")

    result = cli.json("eval", "--gold", str(gold), "--floors", str(floors), code=1)

    assert result["below_floor"] == ["money.exact is 0, recorded limit 0.98"]


def test_two_ways_of_reading_are_compared(cli: Cli) -> None:
    result = cli.json("eval", "--enricher", "rules", "--against", "rules")

    assert result["against"]["filings"] == result["filings"]
    assert [one["significant"] for one in result["comparison"]] == [False] * 5
    assert result["comparison"][0]["test"] == "McNemar's exact test"


def test_a_model_is_measured_with_its_tokens_and_unusable_replies(cli: Cli, tmp_path: Path) -> None:
    entries = [
        order(f"mine:{n}", "125000000", "We have received an order worth Rs. 12.5 crore") for n in range(4)
    ]
    gold = written(tmp_path / "gold.jsonl", *entries)

    def reply(request: dict[str, Any]) -> Any:
        return plain_reply(category="New Order", event_type="order_win")

    with LlmServer(reply) as server:
        cli.environment = {
            "BACKFIN_LLM__API_KEY": "any",
            "BACKFIN_LLM__MODEL": "small",
            "BACKFIN_LLM__BASE_URL": server.url,
        }
        result = cli.json("eval", "--gold", str(gold), "--enricher", "rules", "--against", "llm")
        server.habits = [Habit.PROSE]
        # Another model: what this one answered is kept and not asked for again.
        cli.environment["BACKFIN_LLM__MODEL"] = "smaller"
        spoilt = cli.json("eval", "--gold", str(gold), "--enricher", "llm")

    assert result["against"]["name"].startswith("llm")
    assert result["against"]["cost"]["input_tokens"] > 0
    assert (result["figures"]["money"]["recall"], result["against"]["money"]["recall"]) == (1, 0)
    assert (result["against"]["valid_share"], spoilt["figures"]["valid_share"]) == (1, 0)


def test_the_numbers_of_an_xbrl_score_the_pdf_beside_it(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "acme.pdf").write_bytes(make_pdf([STATEMENT]))
    (tmp_path / "acme.xml").write_text(XBRL, encoding="utf-8")

    result = cli.json("eval", "--xbrl", "--texts", str(tmp_path))

    assert result["measured_on"] == "demo_xbrl"
    assert {"financial_results.revenue_from_operations", "financial_results.profit_after_tax"} <= result[
        "figures"
    ]["by_field"].keys()
    assert result["figures"]["money"]["unit_errors"] == 0


def test_the_sample_day_s_xbrl_scores_its_pdf(cli: Cli) -> None:
    result = cli.json("eval", "--xbrl")

    assert (result["filings"], result["figures"]["money"]["exact"]) == (1, 1)


def test_announcements_of_the_store_are_found_by_their_ids(
    cli: Cli, tmp_path: Path, start_exchange: Any
) -> None:
    exchange: Exchange = start_exchange(*made_day(3))
    cli.environment = exchange.environment
    cli.json("replay", DAY, "--wait")
    stored = cli.json("announcements", "--limit", "1")["items"][0]
    known = {
        "key": stored["announcement_id"],
        "category": stored["category"],
        "event_type": stored["event_type"],
    }
    gold = written(tmp_path / "gold.jsonl", known, {**known, "key": "bse:unknown"})

    result = cli.json("eval", "--gold", str(gold), code=1)

    assert (result["filings"], result["missing"]) == (1, ["bse:unknown"])
    assert result["figures"]["category"]["accuracy"] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--gold", "/nowhere.jsonl"), "no gold file"),
        (("--prompts", "nobody"), "no prompt set"),
        (("--enricher", "nobody"), "no enricher"),
        (("--texts", "."), "needs labels"),
        (("--floors", "/nowhere.json"), "no file of floors"),
        (("--report", "/nowhere/report.html"), "cannot be written"),
        (("--xbrl", "--texts", "/"), "no labelled filing"),
    ],
)
def test_mistakes_are_one_sentence_and_exit_code_two(
    cli: Cli, arguments: tuple[str, ...], words: str
) -> None:
    done = cli.run("eval", *arguments, "--json", code=2)

    assert done.stdout == ""
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("option", ["--floors", "--report"])
def test_what_will_not_do_is_said_before_anything_is_read(cli: Cli, tmp_path: Path, option: str) -> None:
    place = tmp_path / "none" / "such"
    unread = {name: value for name, value in order("a", "Rs. 5 crore", "x").items() if name != "text"}
    gold = written(tmp_path / "gold.jsonl", unread)

    result = cli.run("eval", "--gold", str(gold), option, str(place), code=None)

    assert result.returncode != 0
    assert str(place) in result.stderr


def test_a_report_of_before_is_kept_when_a_run_fails(cli: Cli, tmp_path: Path) -> None:
    report = tmp_path / "r.html"
    report.write_text("before")

    cli.run("eval", "--gold", str(tmp_path / "none.jsonl"), "--report", str(report), code=None)

    assert report.read_text() == "before"
