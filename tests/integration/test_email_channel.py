"""The e-mail channel against a real mail server in this process."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default as default_policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from pydantic import SecretStr

from alerts import NOW, make_alert
from backfin.errors import (
    ConfigError,
    NotConfigured,
    NotifierUnavailable,
    RecipientGone,
)
from backfin.notifications.channels import (
    EmailNotifier,
)
from backfin.notifications.channels.list_headers import Unsubscribing
from backfin.notifications.unsubscribe import TokenInvalid, Unsubscription, make_token, read_token
from backfin.settings import SmtpSettings
from backfin.specs import Next
from backfin.testing import FakeExchange, FrozenClock, make_app, make_digest, make_row, make_watch


class Mailbox:
    """What a mail server answers, and what it took."""

    def __init__(self) -> None:
        self.rcpt = "250 OK"
        self.data = "250 OK"
        self.hang_up = False
        self.taken: list[Any] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.append(envelope)
        if self.hang_up:
            server.transport.abort()
        return self.data


@contextmanager
def mail_server(mailbox: Mailbox, **options: Any) -> Iterator[SmtpSettings]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield SmtpSettings(
            host="127.0.0.1", port=port, starttls=False, sender="Pine Alerts <alerts@pine.example>", timeout=5
        )
    finally:
        controller.stop()


URL = "https://alerts.pine.example/a/rather/long/way/to/unsubscribe?token={token}"


@pytest.mark.parametrize("names", [("orders",), ("Oak & Pine, large", "आदेश", "x" * 300)])
@pytest.mark.parametrize("kind", ["alert", "digest"])
def test_a_mail_offers_to_unsubscribe_by_one_click_and_by_mail(names: tuple[str, ...], kind: str) -> None:
    mailbox = Mailbox()
    page = Unsubscribing(URL, "leave@pine.example", lambda: "secret")

    with mail_server(mailbox) as settings:
        channel = EmailNotifier(settings, FrozenClock(NOW), unsubscribing=page)
        if kind == "alert":
            channel.send(make_alert(watch_names=names), "mailto:asha@oak.example")
        else:
            channel.send_digest(make_digest(watches=names), "mailto:asha@oak.example")

    [envelope] = mailbox.taken
    raw = envelope.content.decode()
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    header = re.search(r"^List-Unsubscribe: (.*?)\r\n(?! )", raw, re.DOTALL | re.MULTILINE)
    assert header is not None
    link, mail = header[1].split(",\r\n ")
    assert link.startswith("<https://alerts.pine.example/a/rather/long/way/to/unsubscribe?token=")
    token = link.removesuffix(">").partition("token=")[2]
    assert read_token("secret", token) == Unsubscription("mailto:asha@oak.example", names)
    assert mail.startswith("<mailto:leave@pine.example?subject=unsubscribe%20")
    assert max(map(len, raw.split("\r\n"))) < 998


def test_the_app_reads_the_token_of_a_mail_it_sent_and_of_no_other() -> None:
    mailbox = Mailbox()
    row = make_row(1)

    with mail_server(mailbox) as smtp:
        notifications = {"smtp": smtp.model_dump(), "unsubscribe_url": URL}
        exchange = FakeExchange([row])
        with make_app(exchanges=[exchange], settings={"notifications": notifications}) as app:
            app.store.announcements.add([exchange.parse(row)], due_at=app.clock.now())
            app.store.watches.put(make_watch("orders", "*", "mailto:asha@oak.example"))
            app.run_inline([Next("backfin.match", "fake:1")])
            message = message_from_bytes(mailbox.taken[0].content, policy=default_policy)
            token = message["List-Unsubscribe"].partition("token=")[2].partition(">")[0]

            found = app.read_unsubscribe_token(token)
            with pytest.raises(TokenInvalid):
                app.read_unsubscribe_token(make_token("a stranger's", "mailto:asha@oak.example", ["orders"]))

    assert found == Unsubscription("mailto:asha@oak.example", ("orders",))


def test_without_a_page_a_mail_offers_the_senders_mailbox_alone() -> None:
    mailbox = Mailbox()

    with mail_server(mailbox) as settings:
        EmailNotifier(settings, FrozenClock(NOW)).send(make_alert(), "mailto:asha@oak.example")

    [envelope] = mailbox.taken
    message = message_from_bytes(envelope.content, policy=default_policy)
    assert message["List-Unsubscribe"] == "<mailto:alerts@pine.example?subject=unsubscribe%20orders>"
    assert message["List-Unsubscribe-Post"] is None


def test_a_mail_names_all_watches_and_fetches_nothing() -> None:
    mailbox = Mailbox()

    with mail_server(mailbox) as settings:
        alert = make_alert(watch_name="company, orders", watch_names=("company", "orders"))
        EmailNotifier(settings, FrozenClock(NOW)).send(alert, "mailto:asha@oak.example")

    [envelope] = mailbox.taken
    message = message_from_bytes(envelope.content, policy=default_policy)
    plain, page = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Watches: company, orders" in plain
    assert "Watches: company, orders" in page
    assert '<meta name="color-scheme" content="light dark">' in page
    assert not re.search(r"<(img|link|script|iframe|object|embed)|url\(|@import|src=", page)


def test_a_mail_has_both_forms_and_no_header_from_outside() -> None:
    mailbox = Mailbox()

    with mail_server(mailbox) as settings:
        EmailNotifier(settings, FrozenClock(NOW)).send(make_alert(), "mailto:asha@oak.example")

    [envelope] = mailbox.taken
    message = message_from_bytes(envelope.content, policy=default_policy)
    assert envelope.rcpt_tos == ["asha@oak.example"]
    assert message["Subject"] == "Pine Steel Limited: Order worth ₹5 crore Bcc: everyone@pine.example"
    assert message["Bcc"] is None
    assert message["From"] == "Pine Alerts <alerts@pine.example>"
    assert message["Message-ID"] == "<d_1@pine.example>"
    assert message["List-Unsubscribe"] == "<mailto:alerts@pine.example?subject=unsubscribe%20orders>"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "₹5 crore" in message.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    ("rcpt", "data", "kind"),
    [
        ("450 busy", "250 OK", NotifierUnavailable),
        ("550 no such user", "250 OK", RecipientGone),
        ("250 OK", "451 later", NotifierUnavailable),
        ("250 OK", "554 refused", RecipientGone),
    ],
)
def test_a_refusal_for_now_is_told_from_one_for_good(rcpt: str, data: str, kind: type[Exception]) -> None:
    mailbox = Mailbox()
    mailbox.rcpt, mailbox.data = rcpt, data

    with mail_server(mailbox) as settings, pytest.raises(kind):
        EmailNotifier(settings).send(make_alert(), "mailto:asha@oak.example")


def test_a_connection_lost_after_the_text_says_that_it_may_have_been_sent() -> None:
    mailbox = Mailbox()
    mailbox.hang_up = True

    with mail_server(mailbox) as settings, pytest.raises(NotifierUnavailable) as caught:
        EmailNotifier(settings).send(make_alert(), "mailto:asha@oak.example")

    assert caught.value.maybe_sent


def test_a_connection_lost_before_the_server_asks_for_the_text_leaves_no_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def hang_up(server: Any, argument: str) -> None:
        server.transport.abort()

    monkeypatch.setattr(SMTP, "smtp_DATA", hang_up)

    with mail_server(Mailbox()) as settings, pytest.raises(NotifierUnavailable) as caught:
        EmailNotifier(settings).send(make_alert(), "mailto:asha@oak.example")

    assert not caught.value.maybe_sent


def test_a_line_that_is_a_dot_ends_no_mail() -> None:
    mailbox = Mailbox()
    item = make_alert().announcement.model_copy(update={"headline": "..", "body": "One.\n.\nTwo."})

    with mail_server(mailbox) as settings:
        EmailNotifier(settings, FrozenClock(NOW)).send(
            make_alert(announcement=item), "mailto:asha@oak.example"
        )

    [envelope] = mailbox.taken
    text = message_from_bytes(envelope.content, policy=default_policy).get_body(("plain",)).get_content()
    lines = text.splitlines()
    assert lines[0] == ".."
    assert lines[lines.index("One.") :][:3] == ["One.", ".", "Two."]


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_wrong_password_is_a_matter_of_settings() -> None:
    def refuse(*_: Any) -> AuthResult:
        return AuthResult(success=False, handled=False)

    login = {"username": "pine", "password": SecretStr("wrong")}
    with (
        mail_server(Mailbox(), authenticator=refuse, auth_required=True, auth_require_tls=False) as settings,
        pytest.raises(ConfigError, match="PASSWORD"),
    ):
        EmailNotifier(settings.model_copy(update=login)).send(make_alert(), "mailto:asha@oak.example")


def test_encryption_that_is_asked_for_and_not_offered_is_a_matter_of_settings() -> None:
    with mail_server(Mailbox()) as settings, pytest.raises(ConfigError, match="STARTTLS"):
        EmailNotifier(settings.model_copy(update={"starttls": True})).send(
            make_alert(), "mailto:a@oak.example"
        )


def test_mail_without_a_server_is_off() -> None:
    with pytest.raises(NotConfigured, match="SMTP__HOST"):
        EmailNotifier(SmtpSettings()).send(make_alert(), "mailto:asha@oak.example")


def test_a_mail_server_that_is_down_is_tried_again() -> None:
    with mail_server(Mailbox()) as settings:
        pass

    with pytest.raises(NotifierUnavailable) as caught:
        EmailNotifier(settings).send(make_alert(), "mailto:asha@oak.example")

    assert not caught.value.maybe_sent
