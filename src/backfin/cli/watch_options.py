"""When a watch speaks: the options that say so, checked, and how a list shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from backfin.cli.arguments import burst_of_text
from backfin.clock import hours_of_text, in_ist, time_of_text, zone_of_text
from backfin.errors import ConfigError

if TYPE_CHECKING:
    from backfin.models import Limits, Watch
    from backfin.notifications.rules import Rule, Vocabulary


def limits_of(
    cadence: str,
    *,
    at: str | None,
    zone: str | None,
    quiet: str | None,
    max_a_day: int | None,
    burst: str | None,
) -> Limits | None:
    """The limits that options ask for, ``None`` where they ask for none.

    Raises:
        ConfigError: One cannot be read, or does not go with the cadence.
    """
    from backfin.models import Limits

    has_limits = any(option is not None for option in (quiet, max_a_day, burst))
    _check_company(cadence, at=at, zone=zone, has_limits=has_limits)
    _check(time_of_text, at)
    _check(zone_of_text, zone)
    _check(hours_of_text, quiet)
    if max_a_day is not None and max_a_day < 1:
        raise ConfigError("--max-a-day is at least 1; `backfin watch mute` keeps a watch still.")
    if not has_limits:
        return None
    number, minutes = burst_of_text(burst) if burst is not None else (None, 10)
    return Limits(quiet=quiet, zone=zone, max_a_day=max_a_day, burst=number, burst_minutes=minutes)


def _check_company(cadence: str, *, at: str | None, zone: str | None, has_limits: bool) -> None:
    is_digest = cadence == "digest"
    if at and not is_digest:
        raise ConfigError("--at is the time of a digest; add --cadence digest, or leave it out.")
    if zone and not is_digest and not has_limits:
        raise ConfigError(
            "--zone is that of a digest, of --quiet and of --max-a-day; add one of them, or leave it out."
        )
    if is_digest and has_limits:
        raise ConfigError(
            "A digest comes once a day as it is; leave out --quiet, --max-a-day and --burst, or --cadence digest."
        )


def _check(read: Callable[[str], object], text: str | None) -> None:
    try:
        if text is not None:
            read(text)
    except ValueError as error:
        raise ConfigError(f"{error}.") from error


def no_watch(name: str) -> ConfigError:
    """The error of a name that no watch has."""
    return ConfigError(f"There is no watch {name!r}; `backfin watch list` shows them.")


def doubts_about(rule: Rule, vocabulary: Vocabulary) -> list[str]:
    """A sentence for each fact of a rule that nothing in use reads."""
    from backfin.notifications.rules import unknown_facts

    return [
        f"Nothing that is installed reads a fact {name}, so what the rule says of it never holds; "
        "`backfin try FILE` shows the facts of a filing with their names."
        for name in unknown_facts(rule, vocabulary)
    ]


def when(watch: Watch, now: datetime) -> str:
    """``instant``, or ``digest`` with what of its time is its own, and what keeps the watch still."""
    limits = watch.limits
    parts = [watch.cadence.value, watch.digest_at, watch.digest_zone]
    if limits is not None:
        parts += [
            f"quiet {limits.quiet}" if limits.quiet else None,
            f"{limits.max_a_day} a day" if limits.max_a_day else None,
            f"{limits.burst} in {limits.burst_minutes} min" if limits.burst else None,
            limits.zone,
        ]
    if watch.is_muted(now):
        parts.append(f"muted until {in_ist(watch.muted_until)}")
    return " ".join(part for part in parts if part)
