"""What a child may take of the machine, and how to tell that it wanted more.

The limits are set from outside, by prlimit(2), as soon as the child has become its program: code of ours between fork
and exec could wait for ever for a lock that another thread held, and a shell's `ulimit` would be one process more.
Before they hold only the loader has run. What the child starts later inherits them. Lambda allows it: a process may
always lower the limits of another of its own user.
"""

import os
import re
import resource
import signal
from collections.abc import Sequence

from sluice.errors import LimitExceeded
from sluice.settings import function_memory

# Address space isn't memory: of stacks, arenas and libraries most is only reserved, and encoders start threads by the
# core. Reserved against used for 4K on two cores, in GB: SVT-AV1 4.0 to 1.9, x265 2.4 to 1.4. What is within this and
# yet beyond the function's memory is killed by the system, which `exceeded` knows as well.
_RESERVED_FOR_USED, _RESERVED_BYTES, _RESERVED_PER_CORE = 2, 3 * 2**30, 2**28
_MEMORY_ELSEWHERE = 8 * 2**30
# Lambda's largest scratch folder.
_FILE_BYTES = 10 * 2**30
_OPEN_FILES = 256
_CPU_LEEWAY = 10

_NO_MEMORY = re.compile(r"[Cc]annot allocate memory|bad_alloc|[Oo]ut of memory|malloc of size \d+ failed")
_NO_ROOM = re.compile(r"No space left on device|File too large")


def limits(timeout: float, reserved: int | None = None) -> dict[int, tuple[int, int]]:
    """Soft and hard limits of a child that may run for `timeout` seconds, and reserve so many bytes of memory.

    Its processor time is a net below the clock: all cores for all of the time, so only a child that nobody watches any
    more can reach it.
    """
    cores = os.cpu_count() or 1
    memory = function_memory() or _MEMORY_ELSEWHERE
    most = _RESERVED_FOR_USED * memory + _RESERVED_BYTES + cores * _RESERVED_PER_CORE
    wanted = {
        resource.RLIMIT_AS: min(most, reserved or most),
        resource.RLIMIT_CPU: int(max(0.0, timeout) * cores) + _CPU_LEEWAY,
        resource.RLIMIT_FSIZE: _FILE_BYTES,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    return {name: _at_most(value, resource.getrlimit(name)[1]) for name, value in wanted.items()}


def _at_most(value: int, ceiling: int) -> tuple[int, int]:
    """Never above what the machine allows already: only a privileged process may raise that."""
    value = value if ceiling == resource.RLIM_INFINITY else min(value, ceiling)
    return value, value


def confine(process_id: int, timeout: float, reserved: int | None = None) -> None:
    """Set the `limits` of a child that has just started; one that has ended already needs none."""
    for name, value in limits(timeout, reserved).items():
        try:
            resource.prlimit(process_id, name, value)
        except ProcessLookupError:
            return


def exceeded(code: int, log: Sequence[str]) -> LimitExceeded | None:
    """The limit that made a child end with this exit code (negative: by a signal), as a failure; None for others."""
    text = "\n".join(log)
    if code == -signal.SIGXCPU:
        return LimitExceeded("The work took more time than one step may take.", code="time_limit_exceeded", detail=log)
    if code == -signal.SIGXFSZ or (code and _NO_ROOM.search(text)):
        return LimitExceeded("The work would write more than a worker has room for.", detail=log)
    # nobody but the system kills a child without our knowing: when memory has run out
    if code == -signal.SIGKILL or (code and _NO_MEMORY.search(text)):
        return LimitExceeded("The work needs more memory than a worker has.", detail=log)
    return None
