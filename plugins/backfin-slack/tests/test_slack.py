"""The channel, against a local server that answers as Slack does."""

from __future__ import annotations

import json
import socket
import traceback
from collections.abc import Iterator, Sequence

import pytest
from backfin.errors import NotifierUnavailable, RateLimited, RecipientGone
from backfin.interfaces import Notifier
from backfin.testing import NotifierContract, make_alert, make_announcement, make_app
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

import backfin_slack
from backfin_slack import SlackNotifier

HOOK = "slack:T000/B000/secret24"
PATH = "/services/T000/B000/secret24"


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """A server without an answer yet."""
    with HTTPServer(host="127.0.0.1") as server:
        yield server


def notifier_at(server: HTTPServer) -> SlackNotifier:
    return SlackNotifier(server.url_for("/services"))


class TestSlack(NotifierContract):
    good_addresses = (HOOK, "SLACK:T000/B000/XXXX")
    bad_addresses = ("slack:", "slack:T000", "slack:T000/B000/../x", "slack:T000/B000/x?y", "slack://T/B/X")

    @pytest.fixture(autouse=True)
    def _served(self, server: HTTPServer) -> None:
        self.server = server
        self.texts: list[str] = []
        server.expect_request(PATH, method="POST").respond_with_handler(self._take)
        server.expect_request("/services/T000/B000/gone").respond_with_data("no_service", status=404)

    def _take(self, request: Request) -> Response:
        self.texts.append(json.loads(request.data)["text"])
        return Response("ok")

    def make(self) -> Notifier:
        return notifier_at(self.server)

    def received(self) -> Sequence[str]:
        return self.texts

    def make_unreachable(self) -> tuple[Notifier, str]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            return SlackNotifier(f"http://127.0.0.1:{free.getsockname()[1]}"), HOOK

    def gone_address(self) -> str:
        return "slack:T000/B000/gone"


def answering(
    server: HTTPServer, data: str, status: int, headers: dict[str, str] | None = None
) -> SlackNotifier:
    """A channel whose Slack gives one answer."""
    server.expect_request(PATH).respond_with_data(data, status=status, headers=headers)
    return notifier_at(server)


def test_markup_and_mentions_of_a_filing_are_shown_as_they_are(server: HTTPServer) -> None:
    notifier = answering(server, "ok", 200)
    words = "<!channel> *bold* & <https://x.example|click>"

    notifier.send(make_alert(announcement=make_announcement(issuer_name=words)), HOOK)

    body = json.loads(server.log[0][0].data)
    assert "&lt;!channel&gt; *bold* &amp; &lt;https://x.example|click&gt;" in body["text"]
    assert body["mrkdwn"] is False


@pytest.mark.parametrize(("said", "delay_s"), [("17", 17), ("", 30), ("soon", 30)])
def test_a_limit_is_honoured(server: HTTPServer, said: str, delay_s: float) -> None:
    with pytest.raises(RateLimited) as caught:
        answering(server, "rate_limited", 429, {"Retry-After": said}).send(make_alert(), HOOK)

    assert caught.value.delay == delay_s


@pytest.mark.parametrize(
    ("status", "maybe_sent"), [(500, False), (503, False), (302, False), (502, True), (504, True)]
)
def test_a_server_that_fails_is_tried_again_and_a_gateway_that_gave_up_is_not(
    server: HTTPServer, status: int, maybe_sent: bool
) -> None:
    with pytest.raises(NotifierUnavailable) as caught:
        answering(server, "rollup_error", status).send(make_alert(), HOOK)

    assert caught.value.facts["maybe_sent"] is maybe_sent


def test_a_webhook_that_was_removed_is_gone_with_slacks_reason(server: HTTPServer) -> None:
    with pytest.raises(RecipientGone, match="channel_is_archived"):
        answering(server, "channel_is_archived", 410).send(make_alert(), HOOK)


def test_where_nobody_can_tell_it_is_unsure_and_the_webhook_stays_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backfin_slack.requests, "post", _hurried(backfin_slack.requests.post))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        notifier = SlackNotifier(f"http://127.0.0.1:{silent.getsockname()[1]}")

        with pytest.raises(NotifierUnavailable) as caught:
            notifier.send(make_alert(), HOOK)

    assert caught.value.facts["maybe_sent"] is True
    assert "secret24" not in "".join(traceback.format_exception(caught.value))


def test_where_nothing_was_sent_it_is_certain() -> None:
    with pytest.raises(NotifierUnavailable) as caught:
        SlackNotifier("http://127.0.0.1:1").send(make_alert(), HOOK)

    assert caught.value.facts["maybe_sent"] is False


def test_the_plugin_is_on_and_may_be_pointed_elsewhere() -> None:
    with make_app(
        plugins=[("slack", backfin_slack)],
        settings={"plugin": {"slack": {"api_url": "https://gate.example"}}},
    ) as app:
        record = next(one for one in app.plugins.records if one.name == "slack")

    assert (record.state, record.components) == ("on", ("notifier:slack",))


def _hurried(post):  # type: ignore[no-untyped-def]
    """The same, with less patience."""
    return lambda *args, **kwargs: post(*args, **kwargs | {"timeout": 0.3})
