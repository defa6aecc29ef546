"""Slack for backfin: posts alerts to an incoming webhook, ``slack:T000/B000/XXXX``."""

import html
import re
from datetime import UTC, datetime

import requests
from pydantic import BaseModel

from backfin import Alert, hookimpl
from backfin.errors import ConfigError, NotifierUnavailable, RateLimited, RecipientGone
from backfin.http_faults import never_connected, retry_after_s
from backfin.models import Receipt
from backfin.notifications.clean import fit
from backfin.notifications.render import render_text


class SlackConfig(BaseModel):
    api_url: str = "https://hooks.slack.com/services"  # the section [plugin.slack]


class SlackNotifier:
    name = "slack"
    schemes: tuple[str, ...] = ("slack",)
    accepts_token = False  # Slack would show a message that is sent again a second time.

    def __init__(self, api_url: str) -> None:
        self._url = api_url.rstrip("/") + "/"

    def check(self, address: str) -> None:
        if not re.fullmatch(r"slack:\w+/\w+/\w+", address, re.ASCII | re.IGNORECASE):
            raise ConfigError("Write slack: and the end of your webhook's URL, e.g. slack:T000/B000/XXXX.")

    def send(self, alert: Alert, address: str) -> Receipt:
        body = {"text": html.escape(fit(render_text(alert), 8000), quote=False), "mrkdwn": False}
        try:
            answer = requests.post(self._url + address[6:], json=body, timeout=20, allow_redirects=False)
        except requests.RequestException as error:
            # Slack may have it: then a person decides. The error names the secret URL, so it is not passed on.
            doubt = not never_connected(error)
            raise NotifierUnavailable("Slack gave no answer; is the line up?", maybe_sent=doubt) from None
        status = answer.status_code
        if status == 429:
            delay_s = retry_after_s(answer.headers.get("Retry-After"), datetime.now(UTC)) or 30.0
            raise RateLimited(f"Slack asks to be left alone for {delay_s:g} s.", delay=delay_s)
        if 400 <= status < 500:
            raise RecipientGone(f"Slack refuses ({answer.text[:80]}); give the watch a new webhook.")
        if status != 200:  # A gateway that gave up (502, 504) does not know what Slack did.
            raise NotifierUnavailable(f"Slack answered with {status}.", maybe_sent=status in (502, 504))
        return Receipt()


@hookimpl
def backfin_config_model() -> type[SlackConfig]:
    return SlackConfig


@hookimpl
def backfin_notifiers(config: SlackConfig) -> list[SlackNotifier]:
    return [SlackNotifier(config.api_url)]
