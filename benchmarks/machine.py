"""The machine and the package versions that the benchmark runs with."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = (
    "numpy",
    "scikit-learn",
    "tensorflow",
    "keras",
    "scikeras",
    "torch",
    "jax",
)


def machine_facts():
    """Collect the processor, the number of cores, and the versions."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "cores of this process": len(_own_cores()),
        "system": platform.platform(),
        "Python": platform.python_version(),
        **{package: _version(package) for package in _PACKAGES},
    }


def _processor():
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.split(":")[1].strip() for line in lines if "model name" in line]
    return models[0] if models else platform.processor()


def _own_cores():
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return os.sched_getaffinity(0)
    return range(os.cpu_count())


def _version(package):
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
