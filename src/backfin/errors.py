"""The error tree. The type of an error says whether trying again can help.

::

    BackfinError
    ├── ConfigError               the user must change something
    │   ├── AlreadyDeclared       another Backfin lives on this broker
    │   └── UnknownSchema         the store's schema is not the one this version knows
    ├── PluginError               a plugin is at fault, the others go on
    │   ├── PluginLoadError
    │   └── PluginConflict
    ├── NotConfigured             a component declines to start: off, not broken
    ├── TransientError            try again later
    │   ├── ExchangeUnavailable   no usable answer: time-out, reset, 5xx, odd empty, block page
    │   ├── RateLimited           stay away for ``delay`` seconds
    │   ├── ModelBusy             the LLM service is down or over its limit
    │   ├── NotifierUnavailable   the channel is down
    │   └── StoreUnavailable      database or archive is busy or gone
    └── PermanentError            trying again gives the same answer
        ├── SourceChanged         an exchange answers in a shape we do not know
        ├── AttachmentGone        every known address of an attachment is empty
        ├── ParseError            a row, amount or date that cannot be read
        ├── UnreadableDocument    a file that cannot be opened
        ├── ReplyInvalid          a model's reply that fits no schema, after one repair
        ├── BudgetSpent           a model may not be asked: the budget of the day or the filing is spent
        ├── RecipientGone         the address refuses for good
        └── EgressRefused         an address that must not be reached from here

Every error carries one human sentence that says what to do next, and its facts as attributes.
"""

from __future__ import annotations

from typing import Any


class BackfinError(Exception):
    """Root of every error raised on purpose.

    Args:
        sentence: What happened and what to do, in one sentence for a person.
        **facts: Details kept as attributes (``exchange``, ``status``, ``url``, …).
    """

    def __init__(self, sentence: str, **facts: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts = facts

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["facts"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __reduce__(self) -> Any:
        return (_rebuild, (type(self), self.sentence, self.facts))


def _rebuild(kind: type[BackfinError], sentence: str, facts: dict[str, Any]) -> BackfinError:
    return kind(sentence, **facts)


class ConfigError(BackfinError):
    """Settings, files or commands the user must correct."""


class AlreadyDeclared(ConfigError):
    """Another Backfin already lives on this broker."""


class UnknownSchema(ConfigError):
    """The store's schema is not the one this version knows."""


class PluginError(BackfinError):
    """A plugin is at fault; everything else keeps running."""


class PluginLoadError(PluginError):
    """A plugin could not be imported, registered or configured."""


class PluginConflict(PluginError):
    """Two plugins offer a component of the same name."""


class NotConfigured(BackfinError):
    """A component declines to start because something optional is not set. It is off, not broken."""


class TransientError(BackfinError):
    """Trying again later can help."""


class ExchangeUnavailable(TransientError):
    """The exchange gave no usable answer."""


class RateLimited(TransientError):
    """A service asks us to stay away for a while.

    Args:
        sentence: What happened.
        delay: Seconds to stay away.
    """

    def __init__(self, sentence: str, *, delay: float, **facts: Any) -> None:
        super().__init__(sentence, delay=delay, **facts)


class ModelBusy(TransientError):
    """The LLM service is down or over its limit."""


class NotifierUnavailable(TransientError):
    """The channel is down; the message was not accepted."""


class StoreUnavailable(TransientError):
    """The database or the archive is busy or gone."""


class PermanentError(BackfinError):
    """Trying again gives the same answer."""


class SourceChanged(PermanentError):
    """An exchange answers in a shape this version does not know."""


class AttachmentGone(PermanentError):
    """Every known address of an attachment is empty."""


class ParseError(PermanentError):
    """A row, an amount or a date that cannot be read."""


class UnreadableDocument(PermanentError):
    """A file that cannot be opened."""


class ReplyInvalid(PermanentError):
    """A model's reply that fits no schema, also after one repair."""


class BudgetSpent(PermanentError):
    """The budget for asking a model is spent; the rules read instead."""


class RecipientGone(PermanentError):
    """The address refuses for good."""


class EgressRefused(PermanentError):
    """An address that must not be reached from here."""
