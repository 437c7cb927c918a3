"""Runs one command the way PostgreSQL wants it: not as root, and not longer than its parent.

Started as a program of its own (`python -I -S launch.py ACCOUNT PARENT_PID COMMAND...`), because both are properties
of a process that has to be alone when it sets them. ACCOUNT is one of:

same        the caller's account
namespace   root only: root's files, none of root's powers. In a user namespace of its own the process is `nobody`,
            so nothing has to be chowned or opened, wherever the data and the programs lie.
a number    root only: the account with this number
"""

import ctypes
import os
import pwd
import signal
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


def main() -> None:
    account, parent_pid, *command = sys.argv[1:]
    if account == "namespace":
        _enter_namespace()
    elif account != "same":
        _become(pwd.getpwuid(int(account)))
    _end_with_parent(int(parent_pid))
    os.execv(command[0], command)  # noqa: S606 - the commands are our own, without a shell


def _enter_namespace() -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(CLONE_NEWUSER) != 0:
        sys.exit(f"no user namespace: {os.strerror(ctypes.get_errno())}")
    nobody = pwd.getpwnam("nobody")
    # The kernel asks for this before it lets a process map its own group.
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{nobody.pw_uid} 0 1")
    Path("/proc/self/gid_map").write_text(f"{nobody.pw_gid} 0 1")


def _become(entry: pwd.struct_passwd) -> None:
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def _end_with_parent(parent_pid: int) -> None:
    """Have the kernel send SIGINT, PostgreSQL's fast shutdown, when the parent dies.

    Comes after the change of account, which clears it. It watches the *thread* that started this process: the keeper
    has only one.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGINT))
    if os.getppid() != parent_pid:
        sys.exit("the parent ended first")


if __name__ == "__main__":
    main()
