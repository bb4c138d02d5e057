"""Processes that tests watch."""

import psutil


def is_gone(pid: int) -> bool:
    """Whether the process has ended; its entry stays for a while where nobody takes notice of its end."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
