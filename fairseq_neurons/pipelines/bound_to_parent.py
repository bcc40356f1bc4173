"""Replace this process by a command that ends with its parent, even if that is killed.

Run as ``python bound_to_parent.py PARENT PROGRAM ARGUMENT ...``, with the parent's process id. Of the standard library
alone, because it starts with every command of a pipeline.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

# Of Linux's <linux/prctl.h>; the setting survives `exec`.
PR_SET_PDEATHSIG = 1


def bound(command: Sequence[str]) -> list[str]:
    """The command line that runs a command as a child of this process that ends with it.

    The kernel watches the thread that starts the child: that thread must outlive it.
    """
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def main(parent: int, command: list[str]) -> None:
    """Run a command in place of this process, unless the parent has ended already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(f"The process that started {command[0]} has ended.")
    os.execv(command[0], command)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
