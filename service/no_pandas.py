"""Keeps pandas out of a process that uses pyarrow without it.

Before it turns its first value into a column pyarrow looks, once, whether there is pandas, and imports it to look. That
takes a fifth of a second and 36 MB of every worker, in which nobody makes or asks for a table of pandas.
"""

from __future__ import annotations

import sys

import pyarrow as pa


class _NoPandas:
    """A finder of modules that finds no pandas, and leaves all else to the others."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("pandas is not looked for", name=name)


def tell_pyarrow_of_no_pandas() -> None:
    """Let pyarrow look now, and find none; where pandas was imported before, that is left as it is."""
    if "pandas" in sys.modules:
        return
    sys.meta_path.insert(0, _NoPandas)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(_NoPandas)
