"""Posts filings to Slack by a webhook, for backfin."""

import html
import re

import requests
from backfin import Alert, hookimpl
from backfin.errors import ConfigError, NotifierUnavailable
from backfin.http_faults import check_taken, never_connected
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
        check_taken(answer)
        return Receipt()


@hookimpl
def backfin_config_model() -> type[Config]:
    return Config


@hookimpl
def backfin_notifiers(config: Config) -> list[SlackNotifier]:
    return [SlackNotifier(config.api_url)]
