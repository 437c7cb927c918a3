"""Stands between the owner and PostgreSQL: when the owner ends, in whatever way, the server stops.

A server that ends by itself after it was ready once (killed, out of memory, the log's disk full) is started again, for
as long as the owner lives.

A program of its own: `python -I -S keeper.py OWNER_PID LOCK LOG LAUNCH ACCOUNT COMMAND...`. LOCK is an inherited file,
locked: it stays locked as long as this process lives, and its content (who owns the server) goes when stopping begins.
Standard input is a pipe whose other end only the owner holds; a byte or its end means stop. Because a process that the
owner forked may hold that end too, the parent's process number is watched as well.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

LOG_LIMIT_BYTES = 5_000_000
# Fast shutdown writes a checkpoint, which takes a while on a slow disk; an immediate one costs a recovery.
ESCALATION = ((signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 10))
LOOK_EVERY_SECONDS = 0.25
# A killed server's last processes hold its memory for a moment; a full disk stays full for hours.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 5.0


def main() -> None:
    owner_pid, lock, log, launch, account, *command = sys.argv[1:]
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: asked.append(received))
    os.umask(0o077)
    line = [sys.executable, "-I", "-S", launch, account, str(os.getpid()), *command]
    server, cluster, pause_seconds = _start(line), Path(command[-1]), FIRST_PAUSE_SECONDS
    while not asked and os.getppid() == int(owner_pid):
        readable = _copy_output(server, Path(log), also=[0])
        if server.poll() is not None and not _was_ready(int(lock)):
            break
        if server.poll() is not None and 0 not in readable:
            pause_seconds = _next_pause_seconds(cluster, pause_seconds)
            readable, _, _ = select.select([0], [], [], pause_seconds)
            server = server if asked or 0 in readable else _start_again(line, cluster)
        if 0 in readable:
            # The owner has hung up.
            break
    os.ftruncate(int(lock), 0)
    _stop(server, Path(log))


def _start(line: list[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def _start_again(line: list[str], cluster: Path) -> "subprocess.Popen[bytes]":
    """The number in the pid file may belong to another process by now; as an ancestor's it stops no start."""
    for number in _pid_file(cluster)[:1]:
        os.putenv("PG_GRANDPARENT_PID", number)
    return _start(line)


def _was_ready(lock: int) -> bool:
    """Whether the owner has seen the server answer; one that never did has to be mended by a person."""
    return b'"ready":true' in os.pread(lock, 1000, 0)


def _next_pause_seconds(cluster: Path, last: float) -> float:
    """Longer each time, until the server gets as far as answering again."""
    status = _pid_file(cluster)[7:8]
    return FIRST_PAUSE_SECONDS if status and status[0].strip() == "ready" else min(2 * last, LONGEST_PAUSE_SECONDS)


def _pid_file(cluster: Path) -> list[str]:
    """It stays where the server was killed, and says how far it had come; a server that gave up has removed it."""
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _copy_output(server: "subprocess.Popen[bytes]", log: Path, also: list[int]) -> list[int]:
    """Wait a moment for output, append it to the log; the descriptors that had something to read."""
    assert server.stdout is not None
    output = server.stdout.fileno()
    readable, _, _ = select.select([output, *also], [], [], LOOK_EVERY_SECONDS)
    if output in readable:
        text = os.read(output, 65536)
        if not text:
            # Output ends with the last process of the server; nothing is left to wait for but its exit status.
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=LOOK_EVERY_SECONDS)
        _append(log, text)
    return readable


def _append(log: Path, text: bytes) -> None:
    """Keep the log and one predecessor, each about LOG_LIMIT_BYTES at most; a full disk does not end the keeper."""
    with contextlib.suppress(OSError):
        if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
            log.replace(log.with_name(log.name + ".1"))
        with log.open("ab") as file:
            file.write(text)


def _stop(server: "subprocess.Popen[bytes]", log: Path) -> None:
    for number, patience_seconds in ESCALATION:
        deadline = time.monotonic() + patience_seconds
        if server.poll() is None:
            server.send_signal(number)
        while server.poll() is None and time.monotonic() < deadline:
            _copy_output(server, log, also=[])
    _copy_output(server, log, also=[])


if __name__ == "__main__":
    main()
