"""The processes of a server that answer requests."""

import os
import time
from contextlib import suppress

import psutil

REST_SECONDS = 8.0
"""Granian takes a worker that dies again within 5.5 s for a crash loop, and ends; ages are known to a second or so."""


def workers(master_pid: int) -> list[psutil.Process]:
    """Those that live, in the master's own group: not the keeper of the database, nor what watches shared memory."""
    children = psutil.Process(master_pid).children()
    return [each for each in children if _is_of(each, master_pid) and "resource_tracker" not in title(each)]


def rested(master_pid: int) -> list[psutil.Process]:
    """Workers that may die without ending the server."""
    return [each for each in workers(master_pid) if _age_seconds(each) > REST_SECONDS]


def title(process: psutil.Process) -> str:
    """Its command line; empty when it has ended."""
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def _is_of(process: psutil.Process, master_pid: int) -> bool:
    with suppress(ProcessLookupError, psutil.Error):
        return os.getpgid(process.pid) == os.getpgid(master_pid) and process.status() != psutil.STATUS_ZOMBIE
    return False


def _age_seconds(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        return time.time() - process.create_time()
    return 0.0
