"""The memory of this process, in megabytes (10^6 bytes)."""

import resource
import sys


def peak_mb():
    """Measure the peak resident memory of this process.

    On Linux, `ru_maxrss` starts at the peak of the parent process, so `VmHWM` is read
    there instead.
    """
    if sys.platform == "linux":
        with open("/proc/self/status") as status:
            kib = next(line.split()[1] for line in status if line.startswith("VmHWM"))
        return int(kib) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def resident_mb():
    """Measure the current resident memory of this process."""
    import psutil  # in the extra `bench`; only this function needs it

    return psutil.Process().memory_info().rss / 1e6
