"""The process that runs SQL: `python -I worker.py`, with an empty environment, confined before it opens a file.

It speaks length-limited JSON lines over its pipes: a request a line, an answer a line. It imports nothing
of the package, so that it starts fast and holds nothing worth stealing. Engine errors leave it as a kind
and a line number only: engine text quotes data rows.

First it is told its files. Then its walls, where the kernel has them: limits of time and memory; no new privileges;
Landlock, so that it writes no file and reads no other; seccomp, so that it starts no process and opens no socket.
After the lock it opens no file at all.
"""

from __future__ import annotations

import ctypes
import datetime
import decimal
import errno
import json
import math
import os
import platform
import re
import struct
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import duckdb

MAX_MESSAGE = 64 * 1024 * 1024


# what the process may take


def limit(cpu_seconds: int, memory_bytes: int) -> None:
    """Bound what this process may take: processor time, address space, files written (none), core dumps."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:  # pragma: no cover - the parent's deadline still holds
        return
    for name, value in (
        ("RLIMIT_CPU", cpu_seconds), ("RLIMIT_AS", memory_bytes), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0),
    ):  # fmt: skip
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (most, most))


# what the kernel keeps it from

_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_OF_THE_SYSTEM = ("/proc/self/cgroup", "/proc/meminfo", "/sys/fs/cgroup", "/sys/devices/system/cpu")
"""Where the engine reads how much memory and how many processors there are."""
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _SIGKILL = 1, 38, 9
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT, _BY_PATH = 444, 445, 446, 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_CHANGES = 0x1FF3  # execute, write, remove, and make a file of any kind
_LATER_CHANGES = ((2, 1 << 13), (3, 1 << 14), (5, 1 << 15))  # refer, truncate, device ioctl: since which version
_TCP, _SCOPES = (4, 0b11), (6, 0b11)  # bind and connect; abstract sockets and signals to other processes

_MACHINES = {"x86_64": (0xC000003E, 0, 317), "aarch64": (0xC00000B7, 1, 277)}
"""Of each machine: what seccomp calls it, its column in the tables below, and the number of seccomp itself."""
_NEVER = {
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None),
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "kill": (62, 129), "tkill": (200, 130), "rt_sigqueueinfo": (129, 138),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424), "mount": (165, 40),
    "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsmount": (432, 432), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "add_key": (248, 217), "request_key": (249, 218),
    "keyctl": (250, 219), "init_module": (175, 105), "finit_module": (313, 273), "kexec_load": (246, 104),
    "open_by_handle_at": (304, 265),
}  # fmt: skip
_OPENING = {"open": (2, None), "creat": (85, None), "openat": (257, 56), "openat2": (437, 437)}
Calls = Mapping[str, tuple[int | None, int | None]]
_CLONE, _CLONE3, _CLONE_THREAD = (56, 220), (435, 435), 0x10000
_LOAD, _EQUALS, _AT_LEAST, _HAS, _ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT, _X32 = 0, 4, 16, 0x40000000
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_SET_FILTER, _ALL_THREADS = 1, 1


def die_with(parent: int) -> None:
    """End when the parent does, whatever this process is computing then."""
    if _LIBC is None or _LIBC.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0) != 0:  # pragma: no cover - not on Linux
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os._exit(1)


def _watch(parent: int) -> None:  # pragma: no cover - not on Linux
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def confine(files: Iterable[str], folders: Iterable[str]) -> list[str]:
    """Give up all but reading these files, the names in these folders, Python itself and what the system offers.

    The names of the walls that this kernel has.
    """
    if _LIBC is None or _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return []
    rights = [
        *((path, _READ_FILE | _READ_FOLDER) for path in (*sys.path, *_OF_THE_SYSTEM) if path),
        *((path, _READ_FILE) for path in files),
        *((path, _READ_FOLDER) for path in folders),
    ]
    walls = {"landlock": _landlocked(rights), "seccomp": _filtered(_NEVER, errno.EPERM)}
    return ["no new privileges", *(name for name, stands in walls.items() if stands)]


def _landlocked(rules: Iterable[tuple[str, int]]) -> bool:
    """Whether Landlock holds now: no file changed, no network, and nothing read but what the rules allow."""
    if _LIBC is None:
        return False
    version = _LIBC.syscall(_LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return False
    changes = _CHANGES | sum(right for since, right in _LATER_CHANGES if version >= since)
    tcp, scopes = (bits if version >= since else 0 for since, bits in (_TCP, _SCOPES))
    attributes = struct.pack("=QQQ", changes | _READ_FILE | _READ_FOLDER, tcp, scopes)
    known = 8 if version < _TCP[0] else 16 if version < _SCOPES[0] else len(attributes)
    ruleset = _LIBC.syscall(_LANDLOCK_CREATE, attributes, known, 0)
    if ruleset < 0:
        return False
    for path, rights in rules:
        _allow(ruleset, path, rights)
    holds: bool = _LIBC.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0
    os.close(ruleset)
    return holds


def _allow(ruleset: int, path: str, rights: int) -> None:
    """A rule for a path; one that is not there needs none."""
    assert _LIBC is not None
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    is_folder = os.path.isdir(path)  # noqa: PTH112 - pathlib is not imported here
    rule = struct.pack("=Qi", rights if is_folder else rights & ~_READ_FOLDER, beneath)
    _LIBC.syscall(_LANDLOCK_ADD, ruleset, _BY_PATH, rule, 0)
    os.close(beneath)


def _filtered(calls: Calls, code: int) -> bool:
    """Whether these system calls are refused from now on, in every thread."""
    machine = _MACHINES.get(platform.machine())
    if _LIBC is None or machine is None:
        return False
    program = b"".join(_program(machine[0], machine[1], calls, code))
    buffer = ctypes.create_string_buffer(program, len(program))
    filter_ = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))
    holds: bool = _LIBC.syscall(machine[2], _SET_FILTER, _ALL_THREADS, filter_) == 0
    return holds


def _program(name: int, column: int, calls: Calls, code: int) -> Iterator[bytes]:
    """The filter, an instruction each: another machine's calls kill, the named ones are refused, threads are let be."""
    yield _step(_LOAD, _MACHINE_AT)
    yield _step(_EQUALS, name, 1, 0)
    yield _step(_ANSWER, _KILL)
    yield _step(_LOAD, _NUMBER_AT)
    yield _step(_AT_LEAST, _X32, 0, 1)
    yield _step(_ANSWER, _KILL)
    for number in (numbers[column] for numbers in calls.values()):
        if number is not None:
            yield _step(_EQUALS, number, 0, 1)
            yield _step(_ANSWER, _REFUSE | code)
    yield _step(_EQUALS, _CLONE3[column], 0, 1)
    yield _step(_ANSWER, _REFUSE | errno.ENOSYS)  # the C library then takes clone, whose flags can be read
    yield _step(_EQUALS, _CLONE[column], 0, 3)
    yield _step(_LOAD, _FIRST_ARGUMENT_AT)
    yield _step(_HAS, _CLONE_THREAD, 1, 0)
    yield _step(_ANSWER, _REFUSE | errno.EPERM)
    yield _step(_ANSWER, _ALLOW)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


# the engine


def connect(threads: int, memory: str) -> duckdb.DuckDBPyConnection:
    """A connection that installs, loads and spills nothing."""
    connection = duckdb.connect(":memory:", config={
        "threads": threads, "memory_limit": memory, "temp_directory": "", "autoinstall_known_extensions": False,
        "autoload_known_extensions": False, "allow_community_extensions": False,
        "allow_unsigned_extensions": False, "preserve_insertion_order": False,
    })  # fmt: skip
    connection.execute("SET TimeZone = 'UTC'")
    known = {name for (name,) in connection.execute("SELECT * FROM duckdb_optimizers()").fetchall()}
    connection.execute(f"SET disabled_optimizers = '{','.join(sorted(known.intersection(IDLE)))}'")
    return connection


IDLE = ("join_order", "grouping_sets")
"""Optimizers that take longer than they save: plans join and group as they are written. Not every version has both."""
LOCK = ("SET enable_external_access = false", "SET lock_configuration = true")


def plain(value: object) -> object:
    """One cell as JSON has it: a finite number, a boolean, a text, nothing, or a list of these."""
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [plain(cell) for cell in value]
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def answer(connection: duckdb.DuckDBPyConnection, request: dict[str, Any]) -> dict[str, object]:
    """Carry out one request."""
    for statement in request.get("run", ()):
        connection.execute(statement)
    if request.get("lock"):
        for statement in LOCK:
            connection.execute(statement)
        _filtered(_OPENING, errno.EACCES)
    if "fetch" not in request:
        return {"ok": True}
    cursor = connection.execute(request["fetch"])
    names = [(column[0], str(column[1])) for column in cursor.description or ()]
    rows = [[plain(cell) for cell in row] for row in cursor.fetchall()]
    return {"ok": True, "columns": names, "rows": rows}


def failure(error: Exception) -> dict[str, object]:
    """An error without the engine's words: its kind, and the line of a file it names."""
    line = re.search(r"CSV Error on Line: (\d+)", str(error))
    encoding = "unicode" in str(error).lower() or "utf-8" in str(error).lower()
    return {
        "ok": False, "kind": type(error).__name__, "line": int(line[1]) if line else None,
        "encoding": encoding,
    }  # fmt: skip


def main() -> None:
    """Hear which files there are, confine this process, and serve requests until the input ends."""
    cpu_seconds, memory_bytes, threads, memory, parent = sys.argv[1:6]
    die_with(int(parent))
    limit(int(cpu_seconds), int(memory_bytes))
    admitted = json.loads(sys.stdin.readline(MAX_MESSAGE) or "null")
    if admitted is None:
        return
    walls = confine(admitted["files"], admitted["folders"])
    connection = connect(int(threads), memory)  # its threads stand behind the same walls
    errors = (duckdb.Error, TypeError, MemoryError, OverflowError, ValueError)
    print(json.dumps({"ok": True, "engine": f"duckdb {duckdb.__version__}", "walls": walls}), flush=True)
    while line := sys.stdin.readline(MAX_MESSAGE):
        try:
            text = json.dumps(answer(connection, json.loads(line)))
            if len(text) > MAX_MESSAGE:
                raise OverflowError
        except errors as error:
            text = json.dumps(failure(error))
        print(text, flush=True)


if __name__ == "__main__":
    main()
