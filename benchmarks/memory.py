"""Memory of this process, in MB of a million bytes."""

import resource
import sys


def peak_mb():
    """Measure the most memory that this process has held at a time.

    Linux's `ru_maxrss` starts at the peak of the process that started this one, so its
    own `VmHWM` is read where there is one.
    """
    if sys.platform == "linux":
        with open("/proc/self/status") as status:
            kib = next(line.split()[1] for line in status if line.startswith("VmHWM"))
        return int(kib) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def resident_mb():
    """Measure the memory that this process holds now."""
    import psutil  # of the extra `bench`; nothing else needs it

    return psutil.Process().memory_info().rss / 1e6
