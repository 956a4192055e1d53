"""How many threads the numeric libraries start in a process of `serve`; they read it when they are loaded."""

from __future__ import annotations

import os
from collections.abc import Mapping

# One thread a library call: requests run side by side already, and workers must not fight over the cores. Passive
# waiting, because idle OpenMP threads that spin cost other workers up to tenfold.
THREAD_VARIABLES: Mapping[str, str] = {
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
}


def one_thread_each() -> None:
    """Set the variables, but for those that the operator has set; must be called before NumPy is imported."""
    for name, value in THREAD_VARIABLES.items():
        os.environ.setdefault(name, value)
