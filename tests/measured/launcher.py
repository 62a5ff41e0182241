"""Starts the worker with its lines marked: `python -I launcher.py ARGUMENTS`, in measure_worker.py's folder.

The worker may write no file, and is killed when it is no longer needed. So each line that runs is marked in a page of
memory that a file stands behind: the file is there, at its full length, before the worker gives its rights up.
"""

from __future__ import annotations

import mmap
import os
import runpy
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

LENGTH = 16_384
"""More bytes than the worker has lines: one a line."""
FOLDER = Path(__file__).parent
WORKER = os.path.realpath(FOLDER / "worker.py")


def marks() -> mmap.mmap:
    """A byte for each line, in a file of this process that outlives it."""
    with (FOLDER / f"{os.getpid()}-{time.time_ns()}.lines").open("w+b") as file:
        file.truncate(LENGTH)
        return mmap.mmap(file.fileno(), LENGTH)


def main() -> None:
    """Run the worker as if it had been started itself."""
    lines = marks()

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename != WORKER:
            return None
        lines[frame.f_lineno] = 1
        return trace

    sys.settrace(trace)
    runpy.run_path(WORKER, run_name="__main__")


if __name__ == "__main__":
    main()
