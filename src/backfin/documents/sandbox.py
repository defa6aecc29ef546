"""What a reader process may not do: grow, spin, write files, dump core, reach the network, start programs.

The same holds for the program that reads pictures, which is started in it (:func:`become`) and does nothing else.

Resource limits hold on Linux and, except for memory, which it does not enforce, on macOS. The filter on
system calls is for Linux on x86-64 and ARM64; elsewhere, and where a container forbids filters, the network
is merely unused: no code of a reader opens a socket.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import platform
import resource
import signal
import struct
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

#: Open files a reader may hold.
_MAX_FILES = 64
_STATM = Path("/proc/self/statm")
#: CPU seconds beyond a file's time limit, so that the wall clock of the pool speaks first.
_CPU_SLACK_S = 2

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_RET_ALLOW = 0x7FFF0000
_RET_REFUSE = 0x00050000 | 1  # the call fails with EPERM
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
#: On x86-64, numbers from here on are the same calls under another ABI.
_X32_CALLS = 0x40000000

#: Audit name of the machine, the numbers of execve and execveat, and those of: socket, socketpair, ptrace,
#: process_vm_readv, process_vm_writev, io_uring_setup.
_REFUSED = {
    "x86_64": (0xC000003E, (59, 322), (41, 53, 101, 310, 311, 425)),
    "aarch64": (0xC00000B7, (221, 281), (198, 199, 117, 270, 271, 425)),
}


def enter(max_memory_bytes: int) -> None:
    """Puts this process under its lasting limits. Whatever the machine cannot enforce is left out."""
    _accept_signals()
    _prefer_as_victim()
    _limit(max_memory_bytes)
    _filter_calls(may_start_programs=False)


def become(
    program: str, arguments: Sequence[str], *, max_memory_bytes: int, max_cpu_s: float, parent: int
) -> NoReturn:
    """Turns this process into another program under the same limits; it ends with the thread that started it.

    Raises:
        OSError: There is no such program.
    """
    _accept_signals()
    _prefer_as_victim()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    _limit(max_memory_bytes)
    allow_cpu(max_cpu_s)
    _filter_calls(may_start_programs=True)
    # The environment holds nothing but what keeps the program to one thread.
    os.execve(program, [program, *arguments], {"OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8"})


def _limit(max_memory_bytes: int) -> None:
    for limit, value in (
        (resource.RLIMIT_AS, max_memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _MAX_FILES),
    ):
        _lower(limit, value)


def allow_cpu(seconds: float) -> None:
    """Lets this process use ``seconds`` more of CPU time; beyond that the kernel ends it with SIGXCPU."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time() + seconds) + _CPU_SLACK_S
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def held_memory_bytes() -> int:
    """Memory this process holds; where the system does not tell, the most it ever held."""
    try:
        return int(_STATM.read_bytes().split()[1]) * resource.getpagesize()
    except OSError:
        # Not on Linux, where a process starts with the peak of the one that started it.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _accept_signals() -> None:
    # The parent may block or ignore signals, and both are inherited. A stop of the whole process group is the
    # parent's affair: it finishes its file, and the reader ends with it.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)


def _prefer_as_victim() -> None:
    """When memory runs out, the kernel is to end this process and not the one that does the work."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _lower(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(limit, (ceiling, ceiling))


def _filter_calls(*, may_start_programs: bool) -> None:
    """Refuses network, programs and other processes' memory to this process and its threads, for good."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _REFUSED:
        return
    audit_name, programs, others = _REFUSED[machine]
    code = _filter_program(audit_name, others if may_start_programs else (*programs, *others))
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_char_p(program), 0, 0)


def _filter_program(audit_name: int, refused: tuple[int, ...]) -> bytes:
    """The filter: look at the machine (offset 4), then at the call's number (offset 0)."""
    refuse_at = 4 + len(refused) + 1
    code = [(_LOAD, 0, 0, 4), (_JUMP_EQUAL, 0, refuse_at - 2, audit_name), (_LOAD, 0, 0, 0)]
    code.append((_JUMP_AT_LEAST, refuse_at - 4, 0, _X32_CALLS))
    for number in refused:
        code.append((_JUMP_EQUAL, refuse_at - len(code) - 1, 0, number))
    code += [(_RETURN, 0, 0, _RET_ALLOW), (_RETURN, 0, 0, _RET_REFUSE)]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code)
