"""What is kept at hand of parcels is bounded: a worker does not grow with everybody who ever sent one."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import features
import sop
from sop import signals
from sop.lists import ListEntry, NamedList

MOST = 8192
"""All together, full, take some 7 MB."""
OFFLINE = frozenset({"sop.patterns._common"})
"""Asked by the checks of a procedure, never about a parcel."""


def _modules() -> Iterator[ModuleType]:
    for package in (features, sop):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def _caches() -> dict[str, Any]:
    return {
        f"{function.__module__}.{function.__qualname__}": function
        for module in _modules()
        for function in vars(module).values()
        if hasattr(function, "cache_info") and inspect.signature(function).parameters
    }


def test_what_is_kept_of_parcels_is_bounded() -> None:
    sizes = {name: one.cache_info().maxsize for name, one in _caches().items() if name not in OFFLINE}
    assert "features.names.skeleton" in sizes
    assert [name for name, size in sizes.items() if size is None or size > MOST] == []


def test_of_a_list_only_some_days_are_kept() -> None:
    today = date(2026, 1, 1)
    entries = (ListEntry(code="AA", ends=today), ListEntry(code="BB", starts=today + timedelta(days=1)))
    one = NamedList(name="own", kind="country", source="test", issued=today, expires=None, entries=entries)
    days = [today + timedelta(days=number) for number in range(3 * signals.KEPT_DAYS)]
    assert [set(signals.codes_of(one, day).exact) for day in days] == [{"AA"}, *[{"BB"}] * (len(days) - 1)]
    assert len(signals._codes[id(one)][1]) <= signals.KEPT_DAYS
