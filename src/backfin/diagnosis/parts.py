"""What takes part in the work: OCR, the model service, channels, plugins."""

from __future__ import annotations

from backfin.app import Backfin
from backfin.clock import day_bounds, day_of, time_in_ist
from backfin.diagnosis.finding import Finding
from backfin.documents.tesseract import find_tesseract
from backfin.errors import BackfinError, ConfigError, NotConfigured
from backfin.interfaces import Notifier
from backfin.settings import Settings


def ocr_finding(settings: Settings) -> Finding:
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


def llm_finding(app: Backfin) -> Finding:
    """Whether the service answers, is left alone, and what was used today."""
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
        f"{name} is left alone until {time_in_ist(one.until)} ({one.why})"
        for name, one in calls.all_closed().items()
    )
    if closed:
        return Finding("llm", False, closed, "Wait; it is tried again by itself.")
    used = calls.used(*day_bounds(day_of(app.clock.now())))
    detail = f"{names}; today {used.calls} calls, {used.tokens} tokens, ${used.cost_usd:.2f}"
    return Finding("llm", True, detail)


def notifications_finding(app: Backfin) -> Finding:
    """Whether the addresses of watches are good, and whether their channels can be reached where that is cheap."""
    wrong: dict[str, list[str]] = {}
    used: dict[str, Notifier] = {}
    is_unset = is_bad = False
    for watch in app.context.store.watches.list():
        for address in watch.addresses:
            try:
                app.context.notifier(address).check(address)
                channel = app.plugins.registry.notifiers[address.partition(":")[0].lower()]
                used[channel.name] = channel
            except (ConfigError, NotConfigured) as error:
                wrong.setdefault(str(error), []).append(watch.name)
                is_unset |= isinstance(error, NotConfigured)
                is_bad |= isinstance(error, ConfigError)
    if wrong:
        detail = "; ".join(f"{', '.join(dict.fromkeys(names))}: {why}" for why, names in wrong.items())
        return Finding("notifications", False, detail, _advice(app, is_unset=is_unset, is_bad=is_bad))
    away = [said for name, one in sorted(used.items()) if (said := _unreached(app, name, one))]
    if away:
        fix = "Alerts wait and are sent once it answers; correct its settings if they are wrong."
        return Finding("notifications", False, "; ".join(away), fix)
    schemes = ", ".join(sorted(app.plugins.registry.notifiers))
    return Finding("notifications", True, f"channels: {schemes}")


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


def _unreached(app: Backfin, name: str, notifier: Notifier) -> str | None:
    """Why a channel that watches use cannot be reached, of those that can tell without sending."""
    reach = getattr(notifier, "reach", None)
    if not callable(reach):
        return None
    try:
        app.bounds.observe(f"channel {name}, its check", reach)
    except Exception as error:
        return f"{name}: {error}"
    return None


def plugins_finding(app: Backfin) -> Finding:
    """Whether a plugin is broken."""
    broken = [item for item in app.plugins.records if item.state in ("failed", "incompatible")]
    if broken:
        detail = "; ".join(f"{item.name}: {item.why}" for item in broken)
        return Finding("plugins", False, detail, "Repair or uninstall it, or name it in plugins.disabled.")
    return Finding("plugins", True, f"{len(app.plugins.records)} known, none broken")
