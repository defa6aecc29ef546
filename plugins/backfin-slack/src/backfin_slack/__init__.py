"""Posts filings to Slack by a webhook, for backfin."""

import html
import re
from datetime import UTC, datetime

import requests
from backfin import Alert, hookimpl
from backfin.errors import ConfigError, NotifierUnavailable, RateLimited, RecipientGone
from backfin.http_faults import never_connected, retry_after_s
from backfin.models import Digest, Receipt
from backfin.notifications.clean import fit
from backfin.notifications.render import render_digest_within, render_text
from pydantic import BaseModel

backfin_api = "1"


class Config(BaseModel):  # the section [plugin.slack]
    api_url: str = "https://hooks.slack.com/services"


class SlackNotifier:
    name = "slack"
    schemes: tuple[str, ...] = (name,)
    accepts_token = False  # The chat would show a message that is sent again a second time.

    def __init__(self, api_url: str) -> None:
        self._url = api_url.rstrip("/") + "/"

    def check(self, address: str) -> None:
        if not re.fullmatch(rf"{self.name}:\w+/\w+/\w+", address, re.ASCII | re.IGNORECASE):
            raise ConfigError(f"Write {self.name}: and the end of a webhook's URL, as {self.name}:T00/B00/X.")

    def send(self, alert: Alert, address: str) -> Receipt:
        return self._post(render_text(alert), address)

    def send_digest(self, digest: Digest, address: str) -> Receipt:
        return self._post(render_digest_within(digest, 8000).text, address)

    def _post(self, text: str, address: str) -> Receipt:
        body = {"text": html.escape(fit(text, 8000), quote=False), "mrkdwn": False}
        url = self._url + address.partition(":")[2]
        try:
            answer = requests.post(url, json=body, timeout=20, allow_redirects=False)
        except requests.RequestException as error:  # It names the URL, which is a secret.
            raise NotifierUnavailable("There is no answer.", maybe_sent=not never_connected(error)) from None
        if answer.status_code == 429:
            delay_s = retry_after_s(answer.headers.get("Retry-After"), datetime.now(UTC)) or 30.0
            raise RateLimited(f"The chat asks to be left alone for {delay_s:g} s.", delay=delay_s)
        if 400 <= answer.status_code < 500:
            raise RecipientGone(f"The chat refuses ({answer.text[:80]}); give the watch a new webhook.")
        if answer.status_code != 200:  # A gateway that gave up (502, 504) does not know what the chat did.
            doubt = answer.status_code in (502, 504)
            raise NotifierUnavailable(f"The chat answers with {answer.status_code}.", maybe_sent=doubt)
        return Receipt()


@hookimpl
def backfin_config_model() -> type[Config]:
    return Config


@hookimpl
def backfin_notifiers(config: Config) -> list[SlackNotifier]:
    return [SlackNotifier(config.api_url)]
