"""What an error of the model's service means for us."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from backfin.errors import ConfigError, ModelBusy, RateLimited, ReplyInvalid
from backfin.http_faults import retry_after_s

#: Seconds to stay away when a service asks for it without saying how long.
_DEFAULT_DELAY_S = 30.0
#: However long a service asks to be left alone, after so many seconds it is tried again.
LONGEST_DELAY_S = 7 * 86_400.0
_DIGITS = re.compile(r"\d+(?:\.\d+)?", re.ASCII)


@contextmanager
def translated(model: str) -> Iterator[None]:
    """Turns errors of ``openai`` into ours; the type says whether trying again can help."""
    import openai

    try:
        yield
    except openai.RateLimitError as problem:
        raise _limited(problem) from problem
    except (openai.AuthenticationError, openai.PermissionDeniedError) as problem:
        raise ConfigError(
            f"The model service refuses the key ({problem.status_code}); check BACKFIN_LLM__API_KEY."
        ) from problem
    except openai.NotFoundError as problem:
        raise ConfigError(
            f"The model service does not know the model {model!r} or the address; check BACKFIN_LLM__MODEL"
            " and BACKFIN_LLM__BASE_URL."
        ) from problem
    except (openai.InternalServerError, openai.APIConnectionError, openai.ConflictError) as problem:
        raise ModelBusy(
            f"The model service gave no answer ({type(problem).__name__}); it is asked again."
        ) from problem
    except openai.APIStatusError as problem:
        if problem.status_code == 408:
            raise ModelBusy("The model service timed out; it is asked again.") from problem
        raise ReplyInvalid(
            f"The model service refused the request ({problem.status_code}): {problem.message}"
        ) from problem
    except (openai.LengthFinishReasonError, openai.ContentFilterFinishReasonError) as problem:
        raise ReplyInvalid("The model's reply was cut off; the filing may be too long for it.") from problem
    except openai.APIError as problem:
        raise ModelBusy(f"The model service answered in an unknown way ({problem.message}).") from problem


def _limited(problem: object) -> RateLimited | ConfigError:
    code = getattr(problem, "code", None)
    if code == "insufficient_quota":
        return ConfigError(
            "The account of the model service has no credit left; top it up or remove the key."
        )
    headers = getattr(getattr(problem, "response", None), "headers", {})
    delay = delay_s(headers.get("retry-after-ms"), headers.get("retry-after"), datetime.now(UTC))
    return RateLimited(f"The model service asks to stay away for {delay:.0f} s.", delay=delay, service="llm")


def delay_s(milliseconds: str | None, retry_after: str | None, now: datetime) -> float:
    """Seconds to stay away, a week at most: from milliseconds, seconds or an HTTP date.

    >>> now = datetime(2026, 7, 1, tzinfo=UTC)
    >>> delay_s(None, "3600", now), delay_s("250", "9", now)
    (3600.0, 0.25)
    """
    if milliseconds and _DIGITS.fullmatch(milliseconds.strip()):
        return min(float(milliseconds) / 1000, LONGEST_DELAY_S)
    return retry_after_s(retry_after, now, longest_s=LONGEST_DELAY_S) or _DEFAULT_DELAY_S
