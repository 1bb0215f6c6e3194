"""What a benchmark prints about where it ran."""

from __future__ import annotations

import os
import platform
import resource


def machine() -> str:
    """Cores, processor architecture and Python."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def peak_mib() -> float:
    """The most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
