"""What `service.work.own_process` starts: a process that runs one function of bytes and ends."""

import importlib
import os
import sys

from service.running.parent_process import end_with

FAILED = 3


def main(module: str, name: str, parent_pid: int) -> int:
    """Read all, compute, write all. Whatever the function prints goes nowhere; of an error only the kind is told."""
    end_with(parent_pid)
    if sys.platform != "win32":
        os.nice(10)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        try:
            answer = getattr(importlib.import_module(module), name)(sys.stdin.buffer.read())
        except Exception as error:  # noqa: BLE001 (told to whoever waits)
            out.write(type(error).__qualname__.encode())
            return FAILED
        out.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
