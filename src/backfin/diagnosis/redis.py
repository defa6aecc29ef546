"""Redis: whether it answers, keeps what it is given, and has room for more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from backfin.broker import DEFAULT_REDIS_URL
from backfin.diagnosis.finding import Finding
from backfin.embedded import NoServerBinary, find_binary, find_running_url, socket_path
from backfin.settings import Settings

#: Part of ``maxmemory`` from which on the end is near: a full Redis refuses messages.
MOST_MEMORY = 0.9

#: What Redis says of its files → what it means when that is not "ok".
_FILES = {
    "rdb_last_bgsave_status": "its last snapshot could not be written",
    "aof_last_write_status": "its append-only file could not be written",
    "aof_last_bgrewrite_status": "its append-only file could not be rewritten",
}


def redis_finding(settings: Settings) -> Finding:
    """The configured Redis, or the embedded one where it runs."""
    own = find_running_url(settings.home) or f"unix://{socket_path(settings.home)}"
    url = settings.redis_url or own
    client = Redis.from_url(url, socket_timeout=5)
    try:
        config = cast(dict[str, str], client.config_get("maxmemory-policy", "appendonly"))
        info = cast(dict[str, Any], client.info("persistence") | client.info("memory"))
    except RedisError as error:
        if settings.redis_url is None and isinstance(error, RedisConnectionError):
            return _embedded()  # nothing runs, which is well; one that hangs lets us in and says nothing
        fix = f"Start Redis, or correct BACKFIN_REDIS_URL ({DEFAULT_REDIS_URL} is the usual one)."
        return Finding("redis", False, str(error), fix)
    finally:
        client.close()
    return finding_of(config, info, where="" if settings.redis_url else "embedded, ")


def finding_of(config: Mapping[str, str], info: Mapping[str, Any], *, where: str = "") -> Finding:
    """What a server's settings and its own figures say."""
    used, most = int(info["used_memory"]), int(info.get("maxmemory", 0))
    memory = f"{used / 2**20:.0f} MiB" + (f" of {most / 2**20:.0f}" if most else "")
    detail = (
        f"{where}eviction {config.get('maxmemory-policy')}, append-only {config.get('appendonly')}, {memory}"
    )
    wrong, fix = _wrong(config, info, used, most)
    return Finding("redis", not fix, f"{detail}; {wrong}" if wrong else detail, fix)


def _wrong(config: Mapping[str, str], info: Mapping[str, Any], used: int, most: int) -> tuple[str, str]:
    """What is wrong, where the figures alone do not say it, and what to do about it."""
    failed = [what for name, what in _FILES.items() if info.get(name, "ok") != "ok"]
    if config.get("maxmemory-policy") != "noeviction":
        return "", "Set `maxmemory-policy noeviction`: messages may be evicted otherwise."
    if config.get("appendonly") != "yes":
        return "", "Set `appendonly yes`: messages are lost with the process otherwise."
    if failed:
        return " and ".join(
            failed
        ), "Make room or correct rights where it writes; until then it may refuse messages."
    if most and used >= MOST_MEMORY * most:
        return "nearly full", "Raise `maxmemory`: a full Redis refuses messages."
    return "", ""


def _embedded() -> Finding:
    try:
        return Finding("redis", True, f"embedded, not running now, from {find_binary()}")
    except NoServerBinary as error:
        return Finding("redis", False, str(error), "Install valkey or redis, or set BACKFIN_REDIS_URL.")
