"""Our own components through the contracts that plugin authors subclass."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr

from backfin.documents.reading import built_in_readers
from backfin.enrichment.llm import LlmEnricher
from backfin.enrichment.prompts import CorePromptSet
from backfin.enrichment.rules.enricher import RulesEnricher
from backfin.interfaces import DocumentReader, Enricher, Exchange, Notifier, PromptSet
from backfin.models import Attachment
from backfin.notifications.channels import ConsoleNotifier, EmailNotifier, FileNotifier, WebhookNotifier
from backfin.notifications.signing import make_secret
from backfin.settings import DocumentSettings, LlmSettings, SmtpSettings
from backfin.testing import (
    DocumentReaderContract,
    EnricherContract,
    ExchangeContract,
    FakeExchange,
    NotifierContract,
    PromptSetContract,
    RecordingNotifier,
    make_row,
)
from backfin.testing.exchange_server import ExchangeServer
from backfin.testing.llm_server import LlmServer
from backfin.testing.pdf import one_page_pdf
from bse_rows import DAY, PDF, exchange_at, rows


class Opening:
    """Gives each test a stack that is closed after it."""

    @pytest.fixture(autouse=True)
    def _stack(self, tmp_path: Path) -> Iterator[None]:
        self.folder = tmp_path
        with ExitStack() as self.stack:
            self.prepare()
            yield

    def prepare(self) -> None:
        """Starts what the component talks to."""


class TestBse(Opening, ExchangeContract):
    def prepare(self) -> None:
        self.server = self.stack.enter_context(ExchangeServer(self.rows(), {"file-1.pdf": PDF}.get))

    def make(self) -> Exchange:
        return self.stack.enter_context(exchange_at(self.server.api_url, self.server.files_url))

    def make_unreachable(self) -> Exchange:
        nobody = "http://127.0.0.1:1"
        return self.stack.enter_context(exchange_at(nobody, nobody, timeout=1))

    def rows(self) -> Sequence[Mapping[str, Any]]:
        return rows(120)

    def day(self) -> date:
        return DAY

    def attachment(self) -> Attachment:
        return self.make().parse(self.rows()[1]).attachments[0]

    def missing_attachment(self) -> Attachment:
        return self.make().parse(self.rows()[2]).attachments[0]


class TestFakeExchange(ExchangeContract):
    def make(self) -> Exchange:
        return FakeExchange(self.rows(), files={"a.pdf": PDF}, page_size=3)

    def rows(self) -> Sequence[Mapping[str, Any]]:
        return [make_row(number) for number in range(8)]

    def day(self) -> date:
        return date(2026, 7, 1)

    def attachment(self) -> Attachment:
        return Attachment(name="a.pdf", urls=())

    def missing_attachment(self) -> Attachment:
        return Attachment(name="b.pdf", urls=())


class TestConsole(Opening, NotifierContract):
    good_addresses = ("console:",)
    bad_addresses = ("console:somewhere", "file:/x")

    def prepare(self) -> None:
        self.stream = io.StringIO()

    def make(self) -> Notifier:
        return ConsoleNotifier(self.stream)

    def received(self) -> Sequence[str]:
        return self.stream.getvalue().split("─" * 72)[1:]

    def make_unreachable(self) -> tuple[Notifier, str]:
        self.stream.close()
        return ConsoleNotifier(self.stream), "console:"


class TestFile(Opening, NotifierContract):
    bad_addresses = ("file:relative", "file://host/x", "console:")

    def prepare(self) -> None:
        self.path = self.folder / "alerts.jsonl"
        self.good_addresses = (f"file:{self.path}", f"file://{self.path}")

    def make(self) -> Notifier:
        return FileNotifier()

    def received(self) -> Sequence[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []

    def make_unreachable(self) -> tuple[Notifier, str]:
        return FileNotifier(), f"file:{self.folder / 'missing' / 'alerts.jsonl'}"

    def gone_address(self) -> str:
        return f"file:{self.folder}"


class TestWebhook(Opening, NotifierContract):
    bad_addresses = ("https://", "ftp://example.com/", "console:")

    def prepare(self) -> None:
        self.bodies: list[str] = []
        bodies = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append(self.rfile.read(int(self.headers["content-length"])).decode())
                self.send_response(410 if self.path == "/gone" else 200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing."""

        server = self.stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        self.stack.callback(server.shutdown)
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.good_addresses = (f"{self.url}/hook", "https://hooks.example.com/a?b=c")

    def make(self) -> Notifier:
        return WebhookNotifier(lambda: SECRET, allow=("127.0.0.1",), timeout_s=2.0)

    def received(self) -> Sequence[str]:
        return self.bodies

    def make_unreachable(self) -> tuple[Notifier, str]:
        return self.make(), "http://127.0.0.1:1/hook"

    def gone_address(self) -> str:
        return f"{self.url}/gone"


SECRET = make_secret()


class TestEmail(Opening, NotifierContract):
    good_addresses = ("mailto:asha@example.in",)
    bad_addresses = ("mailto:", "mailto:nobody", "console:")

    def prepare(self) -> None:
        self.taken: list[str] = []
        mailbox = self

        class Handler:
            async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
                mailbox.taken.append(envelope.content.decode())
                return "250 OK"

            async def handle_RCPT(
                self, server: Any, session: Any, envelope: Any, address: str, options: Any
            ) -> str:
                if address.startswith("gone@"):
                    return "550 no such mailbox"
                envelope.rcpt_tos.append(address)
                return "250 OK"

        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        controller = Controller(Handler(), hostname="127.0.0.1", port=self.port)
        controller.start()
        self.stack.callback(controller.stop)

    def make(self, port: int | None = None) -> Notifier:
        smtp = SmtpSettings(
            host="127.0.0.1", port=port or self.port, starttls=False, sender="backfin@example.in", timeout=5
        )
        return EmailNotifier(smtp)

    def received(self) -> Sequence[str]:
        return self.taken

    def make_unreachable(self) -> tuple[Notifier, str]:
        return self.make(port=1), self.good_addresses[0]

    def gone_address(self) -> str:
        return "mailto:gone@example.in"


class TestRecordingNotifier(Opening, NotifierContract):
    good_addresses = ("test:", "test:somebody")
    bad_addresses = ("console:",)

    def prepare(self) -> None:
        self.channel = RecordingNotifier()

    def make(self) -> Notifier:
        return self.channel

    def received(self) -> Sequence[str]:
        return [told.model_dump_json() for told, _ in (*self.channel.sent, *self.channel.digests)]


class TestCorePromptSet(PromptSetContract):
    def make(self) -> PromptSet:
        return CorePromptSet()


class TestRules(EnricherContract):
    def make(self) -> Enricher:
        return RulesEnricher()


class TestLlm(Opening, EnricherContract):
    def prepare(self) -> None:
        self.server = self.stack.enter_context(LlmServer())

    def make(self) -> Enricher:
        enricher = LlmEnricher(
            LlmSettings(
                base_url=self.server.url,
                api_key=SecretStr("sk-test"),
                model="stub",
                timeout=5,
                max_calls_per_filing=100,
            )
        )
        self.stack.callback(enricher.close)
        return enricher


def reader(name: str) -> DocumentReader:
    settings = DocumentSettings(processes=2, timeout=30)
    return next(one for one in built_in_readers(settings) if one.name == name)


class TestPdf(DocumentReaderContract):
    words = "Receipt of an order"

    def make(self) -> DocumentReader:
        return reader("pdf")

    def good_file(self) -> bytes:
        return one_page_pdf("Receipt of an order worth Rs. 12.5 crore")


class TestHtml(DocumentReaderContract):
    words = "Receipt of an order"

    def make(self) -> DocumentReader:
        return reader("html")

    def good_file(self) -> bytes:
        return b"<!doctype html><title>x</title><p>Receipt of an <b>order</b> worth Rs. 12.5 crore"


class TestXml(DocumentReaderContract):
    words = "Receipt of an order"

    def make(self) -> DocumentReader:
        return reader("xml")

    def good_file(self) -> bytes:
        return b"<?xml version='1.0'?><letter><subject>Receipt of an order</subject></letter>"


class Twisted(FakeExchange):
    """Breaks what a contract must notice, one promise at a time."""

    twist = ""

    def parse(self, row: Mapping[str, Any]) -> Any:
        if self.twist == "error":
            return super().parse({"id": row["id"], "at": row["at"]})
        found = super().parse(row)
        if self.twist == "markup":
            return found.model_copy(update={"subject": "<b>Order</b>"})
        if self.twist == "id":
            return found.model_copy(update={"announcement_id": "fake:other"})
        return found

    def fetch_day(self, day: date) -> Any:
        pages = list(super().fetch_day(day))
        return reversed(pages) if self.twist == "order" else iter(pages)

    def fetch_issuers(self) -> Any:
        return [] if self.twist == "silence" else super().fetch_issuers()


@pytest.mark.parametrize(
    ("twist", "check"),
    [
        ("markup", "test_texts_are_plain"),
        ("id", "test_an_announcement_carries_its_keys_and_its_row"),
        ("order", "test_pages_come_newest_first_with_every_row_once"),
        ("error", "test_a_row_without_anything_is_a_parse_error"),
    ],
)
def test_a_contract_notices_a_broken_promise(twist: str, check: str) -> None:
    class Broken(TestFakeExchange):
        def make(self) -> Exchange:
            exchange = Twisted(self.rows(), page_size=3)
            exchange.twist = twist
            return exchange

    with pytest.raises((AssertionError, KeyError)):
        getattr(Broken(), check)()


def test_a_contract_notices_words_that_stand_nowhere() -> None:
    class Wrong(TestPdf):
        words = "Receipt of a parcel"

    with pytest.raises(AssertionError):
        Wrong().test_a_good_file_becomes_pages()


def test_a_contract_notices_a_channel_that_loses_messages() -> None:
    class Losing(RecordingNotifier):
        def send(self, alert: Any, address: str) -> Any:
            receipt = super().send(alert, address)
            self.sent.clear()
            return receipt

    checks = TestRecordingNotifier()
    checks.channel = Losing()

    with pytest.raises(AssertionError, match="0 arrived"):
        checks.test_an_alert_of_each_phase_arrives_once()
