"""What is well and what ails: one finding for each thing backfin depends on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, cast

from redis import Redis
from redis.exceptions import RedisError

from backfin.app import Backfin
from backfin.broker import DEFAULT_REDIS_URL
from backfin.clock import SystemClock, day_bounds, day_of
from backfin.documents.tesseract import find_tesseract
from backfin.embedded import NoServerBinary, find_binary
from backfin.errors import BackfinError, ConfigError, NotConfigured, TransientError, UnknownSchema
from backfin.interfaces import Exchange
from backfin.settings import Settings, mask_url
from backfin.storage.archive import Archive
from backfin.storage.schema import HEAD
from backfin.storage.store import Store

#: A clock that is off by more than this orders announcements wrongly, in seconds.
MAX_SKEW_S = 5.0


@dataclass(frozen=True)
class Finding:
    """One dependency: whether it is well, what was seen, and what to do if it is not."""

    name: str
    ok: bool
    detail: str
    fix: str = ""

    def as_json(self) -> dict[str, Any]:
        """The finding as the command line prints it."""
        return asdict(self)


def diagnose(settings: Settings) -> list[Finding]:
    """Checks everything, one by one; no check can stop another."""
    app = Backfin(settings)
    checks: list[tuple[str, Callable[[], Finding]]] = [
        ("redis", lambda: _redis(settings)),
        ("store", lambda: _store(app)),
        ("archive", lambda: _archive(app)),
        ("clock", lambda: _clock(settings)),
        ("ocr", lambda: _ocr(settings)),
        ("llm", lambda: _llm(app)),
        ("notifications", lambda: _notifications(app)),
        ("plugins", lambda: _plugins(app)),
        ("steps", lambda: _steps(app)),
    ]
    for name, exchange in _exchanges(app):
        checks.append((name, lambda exchange=exchange: _exchange(app, exchange)))  # type: ignore[misc]
    findings = [_guarded(name, check) for name, check in checks]
    app.close()
    return findings


def _exchanges(app: Backfin) -> list[tuple[str, Exchange]]:
    """The exchanges, none where plugins cannot be loaded: why that is, other findings say."""
    try:
        return sorted(app.plugins.registry.exchanges.items())
    except BackfinError:
        return []


def _guarded(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except BackfinError as error:
        return Finding(name, False, str(error), "See the sentence beside it.")
    except Exception as error:
        return Finding(name, False, f"{type(error).__name__}: {error}", "Run `backfin --debug doctor`.")


def _redis(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return _embedded_redis()
    client = Redis.from_url(settings.redis_url, socket_timeout=5)
    try:
        policy = cast(dict[str, str], client.config_get("maxmemory-policy", "appendonly"))
    except RedisError as error:
        fix = f"Start Redis, or correct BACKFIN_REDIS_URL ({DEFAULT_REDIS_URL} is the usual one)."
        return Finding("redis", False, str(error), fix)
    finally:
        client.close()
    detail = f"eviction {policy.get('maxmemory-policy')}, append-only {policy.get('appendonly')}"
    if policy.get("maxmemory-policy") != "noeviction":
        return Finding(
            "redis", False, detail, "Set `maxmemory-policy noeviction`: messages may be evicted otherwise."
        )
    if policy.get("appendonly") != "yes":
        return Finding(
            "redis", False, detail, "Set `appendonly yes`: messages are lost with the process otherwise."
        )
    return Finding("redis", True, detail)


def _embedded_redis() -> Finding:
    try:
        return Finding("redis", True, f"embedded, from {find_binary()}")
    except NoServerBinary as error:
        return Finding("redis", False, str(error), "Install valkey or redis, or set BACKFIN_REDIS_URL.")


def _store(app: Backfin) -> Finding:
    store = Store(app.settings.effective_database_url)
    try:
        store.prepare()
    except UnknownSchema as error:
        return Finding("store", False, str(error), "Run `backfin db upgrade`.")
    except TransientError as error:
        fix = "Start the database, or correct BACKFIN_DATABASE_URL or BACKFIN_HOME."
        return Finding("store", False, str(error), fix)
    finally:
        store.close()
    return Finding("store", True, f"{store.shown_url}, schema {HEAD}")


def _archive(app: Backfin) -> Finding:
    archive = Archive(app.settings.effective_archive_url)
    content_id = archive.put(b"backfin doctor", "txt")
    well = archive.get(content_id) == b"backfin doctor"
    return Finding(
        "archive",
        well,
        mask_url(app.settings.effective_archive_url),
        "Check rights and space of the archive.",
    )


def _clock(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return Finding("clock", True, "no other clock to compare with")
    client = Redis.from_url(settings.redis_url, socket_timeout=5)
    try:
        seconds, micros = client.time()
    except RedisError:
        return Finding("clock", True, "Redis does not answer, so there is no clock to compare with")
    finally:
        client.close()
    skew = abs((SystemClock().now() - datetime.fromtimestamp(seconds + micros / 1e6, UTC)).total_seconds())
    return Finding(
        "clock", skew <= MAX_SKEW_S, f"{skew:.1f} s from the clock of Redis", "Run a time service (NTP)."
    )


def _ocr(settings: Settings) -> Finding:
    """Never an ailment: without OCR a scan is stored as one that asks for it."""
    if not settings.documents.ocr:
        return Finding("ocr", True, "off (documents.ocr)")
    found = find_tesseract()
    if found is None:
        return Finding(
            "ocr", True, "no tesseract; scans are stored unread (`pip install 'backfin[ocr]'` brings one)"
        )
    wanted = settings.documents.ocr_languages
    missing = sorted(set(wanted.split("+")) - found.languages)
    detail = f"{found.program}, languages {wanted}"
    return Finding(
        "ocr", True, f"{detail}, of which {', '.join(missing)} not installed" if missing else detail
    )


def _llm(app: Backfin) -> Finding:
    remote = [item for item in app.plugins.registry.enrichers if item.is_remote]
    if not remote:
        return Finding("llm", True, "none configured; the rules enricher works alone")
    for enricher in remote:
        check = getattr(enricher, "check", None)
        if check is None:
            continue
        try:
            check()
        except BackfinError as error:
            return Finding("llm", False, str(error), "Check BACKFIN_LLM__BASE_URL, __API_KEY and __MODEL.")
    return _llm_use(app, ", ".join(f"{item.name} {item.model}" for item in remote))


def _llm_use(app: Backfin, names: str) -> Finding:
    """Whether the service is left alone after failures, and what was used today."""
    calls = app.context.store.model_calls
    closed = "; ".join(
        f"{name} is left alone until {one.until:%H:%M:%S} UTC ({one.why})"
        for name, one in calls.all_closed().items()
    )
    if closed:
        return Finding("llm", False, closed, "Wait; it is tried again by itself.")
    used = calls.used(*day_bounds(day_of(app.clock.now())))
    detail = f"{names}; today {used.calls} calls, {used.tokens} tokens, ${used.cost_usd:.2f}"
    return Finding("llm", True, detail)


def _notifications(app: Backfin) -> Finding:
    wrong: dict[str, list[str]] = {}
    is_unset = is_bad = False
    for watch in app.context.store.watches.list():
        for address in watch.addresses:
            try:
                app.context.notifier(address).check(address)
            except (ConfigError, NotConfigured) as error:
                wrong.setdefault(str(error), []).append(watch.name)
                is_unset |= isinstance(error, NotConfigured)
                is_bad |= isinstance(error, ConfigError)
    if not wrong:
        return Finding(
            "notifications", True, f"channels: {', '.join(sorted(app.plugins.registry.notifiers))}"
        )
    detail = "; ".join(f"{', '.join(dict.fromkeys(names))}: {why}" for why, names in wrong.items())
    return Finding("notifications", False, detail, _advice(app, is_unset=is_unset, is_bad=is_bad))


def _advice(app: Backfin, *, is_unset: bool, is_bad: bool) -> str:
    """What to do where watches have addresses that nothing can be sent to."""
    off = [item.why for item in app.plugins.records if item.state == "off" and is_bad]
    steps = [
        "Set what is named here; `backfin delivery resend --failed` then sends what could not be sent."
        if is_unset
        else "",
        "Correct the address with `backfin watch add`." if is_bad else "",
        f"Or turn on what is off: {'; '.join(off)}" if off else "",
    ]
    return " ".join(step for step in steps if step)


def _plugins(app: Backfin) -> Finding:
    broken = [item for item in app.plugins.records if item.state in ("failed", "incompatible")]
    if broken:
        detail = "; ".join(f"{item.name}: {item.why}" for item in broken)
        return Finding("plugins", False, detail, "Repair or uninstall it, or name it in plugins.disabled.")
    return Finding("plugins", True, f"{len(app.plugins.records)} known, none broken")


def _steps(app: Backfin) -> Finding:
    resting = app.context.store.breakers.resting()
    if not resting:
        return Finding("steps", True, "none rests")
    detail = "; ".join(f"{step} until {one.until:%H:%M:%S} UTC ({one.why})" for step, one in resting.items())
    return Finding("steps", False, detail, "Mend what it names; the step goes on by itself.")


def _exchange(app: Backfin, exchange: Exchange) -> Finding:
    for pause in app.context.store.pauses.list():
        if pause.target == f"exchange:{exchange.name}":
            detail = f"paused since {pause.paused_at:%Y-%m-%d %H:%M} UTC by {pause.paused_by}"
            return Finding(exchange.name, False, detail, f"Run `backfin queue resume {exchange.name}`.")
    # What has a slash in its name is no host, but one chat of a channel.
    cooling = {host: one for host, one in app.context.store.hosts.all_cooling().items() if "/" not in host}
    if cooling:
        detail = "; ".join(f"{host} until {c.until:%H:%M:%S} UTC ({c.why})" for host, c in cooling.items())
        return Finding(exchange.name, False, f"in a cool-down: {detail}", "Wait; it ends by itself.")
    page = next(iter(exchange.fetch_day(day_of(SystemClock().now(), exchange.zone))), None)
    if page is None:
        return Finding(exchange.name, True, "answers; nothing published today")
    for row in page.rows:
        exchange.parse(row)
    return Finding(exchange.name, True, f"answers with the known shape; {page.expected} rows today")
