"""What the checks of all contracts share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn, TypeVar
from unittest.mock import patch

T = TypeVar("T")

#: Ways to reach out that constructing and parsing must leave alone.
_DEEDS = ("socket.socket.connect", "socket.getaddrinfo", "builtins.open", "io.open", "os.open", "os.mkdir")

#: Values that rows, texts and names were met with.
NASTY: tuple[Any, ...] = (
    None,
    "",
    " ",
    0,
    -1,
    True,
    [],
    {},
    "\x00",
    "२०२६",
    "<b>&nbsp;",
    "9" * 5000,
    b"\xff",
)

#: Threads that call one component at once.
THREADS = 8


@contextmanager
def nothing_is_touched() -> Iterator[None]:
    """Fails on the first attempt to use the network or the disk."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("it touched the network or the disk")

    with ExitStack() as stack:
        for deed in _DEEDS:
            stack.enter_context(patch(deed, refuse))
        yield


def raised(call: Callable[[], object], *kinds: type[Exception]) -> Exception:
    """The error of one of these kinds that ``call`` raises; any other outcome fails."""
    try:
        result = call()
    except kinds as error:
        return error
    except Exception as error:
        raise AssertionError(f"expected {_names(kinds)}, got {type(error).__name__}: {error}") from error
    raise AssertionError(f"expected {_names(kinds)}, got the answer {result!r}")


def at_once(call: Callable[[], T]) -> list[T]:
    """What ``call`` answers to many threads at once."""
    with ThreadPoolExecutor(THREADS) as pool:
        return [future.result() for future in [pool.submit(call) for _ in range(THREADS)]]


def _names(kinds: tuple[type[Exception], ...]) -> str:
    return " or ".join(kind.__name__ for kind in kinds)
