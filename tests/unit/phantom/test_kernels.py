from __future__ import annotations

from typing import Any

import numba
import pytest

from training.phantom.kernels import compiled


def test_kernels_compile_where_no_folder_may_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    real = numba.njit

    def refuses_to_cache(*arguments: Any, **options: Any) -> Any:
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return real(*arguments, **options)

    monkeypatch.setattr(numba, "njit", refuses_to_cache)

    @compiled
    def doubled(number: float) -> float:
        return 2.0 * number

    assert doubled(2.5) == 5.0
