"""The columns of its own that a site declares beside the manifest, as a model uses them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Site:
    """Names in `Manifest.extra`.

    Attributes:
        numeric: Columns read as numbers.
        categorical: Columns read as codes.
        pattern: Those of both that make two declarations near-duplicates (the mapping's `groups`).
    """

    numeric: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    pattern: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {name: list(values) for name, values in asdict(self).items()}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Site:
        """Read the JSON form."""
        return cls(tuple(raw["numeric"]), tuple(raw["categorical"]), tuple(raw["pattern"]))


NO_SITE = Site()
