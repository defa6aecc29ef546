"""The Bot API: one call, one answer, and for everything else an error that says whether to try again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr

from backfin.egress import guarded_session
from backfin.errors import BackfinError, ConfigError, NotifierUnavailable, RateLimited, RecipientGone
from backfin.http_faults import never_connected
from backfin.interfaces import Pacer
from backfin.notifications.clean import fit, one_line
from backfin_telegram.masking import mask, mask_http_log

#: Seconds to wait for a connection, and for an answer.
CONNECT_S, ANSWER_S = 10.0, 20.0

#: Seconds between two messages of one bot to all chats together; Telegram allows about thirty a second.
BOT_INTERVAL_S = 1 / 30

#: Seconds to stay away when Telegram asks for it without saying how long, and the most it is believed.
_DEFAULT_DELAY_S, _MOST_DELAY_S = 30.0, 6 * 3600.0

#: A gateway says these when it does not know whether the server behind it did what was asked.
_NOBODY_KNOWS = (502, 504)


class Refused(RecipientGone):
    """Telegram refuses what was asked, for good.

    Facts: ``status``; ``description``, Telegram's own words; ``moved_to``, the id of the chat that took the place
    of the one asked for, or ``None``.
    """


class BotApi:
    """Calls methods of the Bot API, from any thread.

    Each call has a connection of its own: on a kept one that the server closes at the wrong moment nobody could
    tell whether a message was taken.

    Args:
        token: The bot's token. It is in no error and in no log line.
        url: The server, without a slash at the end.
        pacer: Shares turns between all processes.
    """

    def __init__(self, token: SecretStr, url: str, pacer: Pacer) -> None:
        self._token = token
        self._url = url
        self._host = urlsplit(url).hostname or ""
        self.pacer = pacer
        mask_http_log()

    def send(self, method: str, *, repeatable: bool, **parameters: Any) -> Any:
        """Calls a method that writes to a chat, when it is the bot's turn.

        Args:
            method: E.g. ``sendMessage``.
            repeatable: Whether doing it twice is doing it once. If not, and nobody can tell whether it was done,
                the error says ``maybe_sent``.
            **parameters: The method's own; those that are ``None`` are left out.

        Raises:
            NotifierUnavailable, RateLimited: Not done; trying again can help.
            Refused: Not done, and it never will be.
            ConfigError: The token or the address of the server is wrong.
        """
        self.pacer.wait(f"{self._host}/bot", BOT_INTERVAL_S)
        return self.ask(method, repeatable=repeatable, **parameters)

    def ask(self, method: str, *, repeatable: bool = True, wait_s: float = 0.0, **parameters: Any) -> Any:
        """Calls any method at once; ``wait_s`` is how long the server may hold its answer back. Raises as ``send``."""
        given = {name: value for name, value in parameters.items() if value is not None}
        outcome = self._post(method, given, ANSWER_S + wait_s, repeatable)
        if isinstance(outcome, BackfinError):
            # Raised here, where no other error is being handled: one of the HTTP library holds the token.
            raise outcome
        return self._judged(*outcome, repeatable=repeatable)

    def _post(
        self, method: str, parameters: Mapping[str, Any], answer_s: float, repeatable: bool
    ) -> tuple[int, Any] | BackfinError:
        url = f"{self._url}/bot{self._token.get_secret_value()}/{method}"
        try:
            with guarded_session((self._host,)) as session:
                answer = session.post(
                    url, json=parameters, timeout=(CONNECT_S, answer_s), allow_redirects=False
                )
                return answer.status_code, _json(answer)
        except BackfinError as error:
            return error
        except (requests.exceptions.InvalidURL, UnicodeError):
            return ConfigError("Correct api_url in [plugin.telegram]: it is no address that can be reached.")
        except (requests.RequestException, OSError) as error:
            return self._away(error, repeatable)

    def _away(self, error: Exception, repeatable: bool) -> NotifierUnavailable:
        name = type(error).__name__
        if never_connected(error):
            return NotifierUnavailable(f"Telegram ({self._host}) cannot be reached ({name}); is the line up?")
        return self._unclear(f"Telegram ({self._host}) gave no answer ({name})", repeatable)

    def _unclear(self, what: str, repeatable: bool, **facts: Any) -> NotifierUnavailable:
        """Something went wrong after Telegram may have done what was asked."""
        if repeatable:
            return NotifierUnavailable(f"{what}; try again later.", **facts)
        return NotifierUnavailable(
            f"{what}; it may have taken the message: look into the chat, and resend it if it is missing.",
            maybe_sent=True,
            **facts,
        )

    def _judged(self, status: int, body: Any, *, repeatable: bool) -> Any:
        answer = body if isinstance(body, dict) else {}
        if status == 200 and answer.get("ok") is True:
            return answer.get("result")
        said = mask(fit(one_line(str(answer.get("description") or f"status {status}")), 200))
        parameters = answer.get("parameters")
        parameters = parameters if isinstance(parameters, dict) else {}
        if status == 429:
            delay_s = _delay_s(parameters.get("retry_after"))
            raise RateLimited(f"Telegram asks to be left alone for {delay_s:g} s.", delay=delay_s, status=429)
        if status in (401, 404):
            raise ConfigError(f"Telegram does not know the bot ({said}); correct token in [plugin.telegram].")
        if status in (400, 403):
            raise Refused(
                f"Telegram refuses the message ({said}); {_advice(status, said)}.",
                status=status,
                description=said,
                moved_to=parameters.get("migrate_to_chat_id"),
            )
        if status in _NOBODY_KNOWS or status == 200:
            raise self._unclear(f"Telegram answered unclearly ({said})", repeatable, status=status)
        raise NotifierUnavailable(f"Telegram does not work ({said}); try again later.", status=status)


def _advice(status: int, said: str) -> str:
    if status == 403:
        return "the person must start or unblock the bot, or a group take it in again; else correct the watch"
    if "not found" in said:
        return "give the watch the address of a chat that knows the bot"
    return "correct the address or the rights of the bot in the chat"


def _delay_s(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _DEFAULT_DELAY_S
    return float(min(max(value, 1), _MOST_DELAY_S))


def _json(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
