"""The exchange server has the habits of the exchange; as a command it says where it is and nothing else."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from backfin.errors import ConfigError
from backfin.testing.exchange_faults import FAULTS, Faults
from backfin.testing.exchange_server import ExchangeServer
from bse_rows import DAY, PDF, exchange_at, ids_of, recorded_rows, row, rows

HEADERS = {"User-Agent": "tests/1", "Referer": "https://www.bseindia.com/"}


def asked(server: ExchangeServer, headers: dict[str, str] | None = None, **params: Any) -> requests.Response:
    """The server's answer to one question to the feed; the recorded day, all categories, by default."""
    question = {
        "pageno": 1,
        "strCat": "-1",
        "subcategory": "-1",
        "strPrevDate": "20260701",
        "strToDate": "20260701",
        "strScrip": "",
        "strSearch": "P",
        "strType": "C",
        **params,
    }
    return requests.get(
        f"{server.api_url}/AnnSubCategoryGetData/w",
        params=question,
        headers=HEADERS if headers is None else headers,
        allow_redirects=False,
        timeout=5,
    )


def test_rows_come_newest_first_in_pages_of_fifty() -> None:
    with ExchangeServer(rows(120)) as server:
        first, last = asked(server).json(), asked(server, pageno=3).json()

    assert [one["NEWSSUB"][-3:] for one in first["Table"]][:2] == ["119", "118"]
    assert (len(first["Table"]), len(last["Table"])) == (50, 20)
    assert first["Table1"] == [{"ROWCNT": 120}]
    assert {(one["RN"], one["TotalPageCnt"]) for one in first["Table"]} == {(1, 3)}


def test_pages_shift_when_rows_land() -> None:
    with ExchangeServer(rows(120)) as server:
        before = asked(server).json()["Table"]
        server.add_rows(rows(10, start=120))
        after = asked(server, pageno=2).json()["Table"]

    assert [one["NEWSID"] for one in after[:10]] == [one["NEWSID"] for one in before[40:]]


def test_several_days_are_served_by_category_or_scrip_only() -> None:
    earlier = row(1, NEWSID="x", NEWS_DT="2026-06-30T10:00:00")

    with ExchangeServer([*rows(9), earlier]) as server:
        whole = asked(server, strPrevDate="20260630")
        by_category = asked(server, strPrevDate="20260630", strCat="Result").json()
        by_scrip = asked(server, strPrevDate="20260630", strScrip="500002").json()

    assert whole.text == "{}"
    assert {one["CATEGORYNAME"] for one in by_category["Table"]} == {"Result"}
    assert [one["NEWSID"] for one in by_scrip["Table"]][-1] == "x"


def test_only_market_wide_rows_have_the_company_in_the_subject() -> None:
    bare = row(1)
    prefixed = row(2, SCRIP_CD=500002, SLONGNAME="Company 1 Ltd", NEWSSUB="Company 1 Ltd - 500002 - Subject")

    with ExchangeServer([bare, prefixed]) as server:
        market = [one["NEWSSUB"] for one in asked(server).json()["Table"]]
        scrip = [one["NEWSSUB"] for one in asked(server, strScrip="500002").json()["Table"]]

    assert market == ["Company 1 Ltd - 500002 - Subject", "Company 1 Ltd - 500002 - Subject 1"]
    assert scrip == ["Subject", "Subject 1"]


def test_an_empty_day_is_an_empty_table() -> None:
    with ExchangeServer(rows(3)) as server:
        answer = asked(server, strPrevDate="20260705", strToDate="20260705").json()

    assert answer == {"Table": [], "Table1": [{"ROWCNT": 0}]}


def test_without_a_referer_the_way_leads_to_the_log_in_page() -> None:
    with ExchangeServer(rows(3)) as server:
        answer = asked(server, headers={"User-Agent": "tests/1"})

    assert answer.status_code == 301
    assert answer.headers["Location"].endswith("showinterest.aspx")


def test_the_librarys_own_name_is_blocked() -> None:
    with ExchangeServer(rows(3)) as server:
        assert asked(server, headers={"Referer": "x"}).status_code == 403


def test_an_unknown_path_shows_the_site() -> None:
    with ExchangeServer() as server:
        answer = requests.get(f"{server.base_url}/robots.txt", headers=HEADERS, timeout=5)

    assert answer.status_code == 200
    assert "ng-app" in answer.text


def test_the_dead_endpoint_answers_politely() -> None:
    with ExchangeServer(rows(3)) as server:
        answer = requests.get(f"{server.api_url}/AnnGetData/w", headers=HEADERS, timeout=5)

    assert answer.json() == "No Record Found!"


def test_recorded_rows_are_served_unchanged(shared: Path) -> None:
    recorded = recorded_rows(shared)

    with ExchangeServer(recorded) as server:
        served = asked(server, strScrip="532540", strPrevDate="20221205", strToDate="20221205").json()[
            "Table"
        ]

    expected = {**recorded_of(recorded, served[0]["NEWSID"]), "SUBCATNAME": None, "AUDIO_VIDEO_FILE": None}
    assert served == [{**expected, "TotalPageCnt": 1}]


def recorded_of(recorded: list[dict[str, Any]], key: str) -> dict[str, Any]:
    """The recorded row of a key."""
    return next(one for one in recorded if one["NEWSID"] == key)


def test_reduced_rows_are_filled_in_the_same_way_each_time(shared: Path) -> None:
    path = shared / "fixtures" / "bse" / "reduced_rows_many_scrips_2010_2022.jsonl"
    reduced = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    question = {"strScrip": "500002", "strPrevDate": "20100101", "strToDate": "20221231"}

    with ExchangeServer(reduced) as one, ExchangeServer(reduced) as other:
        first, second = asked(one, **question).json(), asked(other, **question).json()

    assert first == second
    assert first["Table"][0]["NEWSID"]


def test_a_row_without_time_is_refused() -> None:
    with pytest.raises(ConfigError):
        ExchangeServer([{"NEWSID": "1"}])


def test_a_taken_port_is_said_so() -> None:
    with ExchangeServer() as server:
        port = int(server.base_url.rpartition(":")[2])

        with pytest.raises(ConfigError):
            ExchangeServer(port=port).start()


def test_files_lie_in_the_directory_of_their_flag(tmp_path: Path) -> None:
    (tmp_path / "file-1.pdf").write_bytes(PDF)

    with ExchangeServer([row(1, PDFFLAG=2)], tmp_path) as server:
        url = f"{server.files_url}/CorpAttachment/2026/7/file-1.pdf"
        here = requests.get(url, headers=HEADERS, timeout=5)
        secret = requests.get(url.replace("file-1.pdf", "%2e%2e%2fsecret"), headers=HEADERS, timeout=5)

    assert here.content == PDF
    assert here.headers["Content-Type"] == "application/pdf"
    assert secret.content != PDF


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_happens_on_every_nth_request(name: str) -> None:
    faults = Faults([f"{name}:3"])
    kind = "file" if FAULTS[name] == "file" else "feed"

    assert [faults.take(kind) for _ in range(6)] == [None, None, name, None, None, name]


def test_an_unknown_fault_is_refused_with_the_names() -> None:
    with pytest.raises(ConfigError, match="block_page"):
        Faults(["nonsense"])


@contextmanager
def command(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The server as a command, stopped at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "backfin.testing.exchange_server", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def test_the_command_serves_a_file_and_the_rows_appended_to_it(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in rows(60)) + "\n", "utf-8")
    (tmp_path / "file-1.pdf").write_bytes(PDF)

    with command("--rows", str(path), "--files", str(tmp_path), "--fault", "html_200:5") as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        with exchange_at(said["api_url"], said["files_url"]) as exchange:
            before = ids_of(exchange)
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row(60)) + "\n")
            after = ids_of(exchange)
            download = exchange.fetch_attachment(exchange.parse(row(1)).attachments[0])
        process.send_signal(signal.SIGTERM)
        rest, complaints = process.communicate(timeout=20)

    assert sorted(said) == ["api_url", "files_url"]
    assert (len(before), len(after)) == (60, 61)
    assert download.path.read_bytes() == PDF
    assert (rest, complaints, process.returncode) == ("", "", 0)
    download.path.unlink()


def test_the_command_refuses_an_unknown_fault(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row(1)), "utf-8")

    with command("--rows", str(path), "--fault", "nonsense") as process:
        _, complaints = process.communicate(timeout=20)

    assert process.returncode == 2
    assert "choose from block_page" in complaints


def test_fifty_thousand_rows_are_served_quickly() -> None:
    many = [row(number % 80_000) | {"NEWSID": str(number)} for number in range(50_000)]

    with ExchangeServer(many) as server:
        answer = asked(server, pageno=900)

    assert len(answer.json()["Table"]) == 50
    assert answer.elapsed.total_seconds() < 1
    assert DAY.isoformat() in answer.json()["Table"][0]["NEWS_DT"]
