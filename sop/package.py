"""A procedure with all that belongs to it: policy, overrides for sites and channels, lists and cases."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sop.lists import NamedList
from sop.patterns import matches
from sop.types import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which parcels an override is for: both conditions must hold; an empty one holds for all.

    `stations` are names as requests give them, in which `*` stands for any characters.
    """

    stations: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()

    def fits(self, station: str | None, channel: str | None) -> bool:
        """Return whether a parcel of this channel at this station is meant."""
        here = not self.stations or (station is not None and any(matches(station, one) for one in self.stations))
        return here and (not self.channels or channel in self.channels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A policy that replaces the base for some parcels: `policy` is whole, the base with the changes laid over it.

    `file` is its path in the package, for example `overrides/leeds.yaml`.
    """

    file: str
    scope: Scope
    policy: Policy


@dataclass(frozen=True, kw_only=True)
class Package:
    """A procedure as it is approved and put in force.

    Attributes:
        base: The policy of `policy.yaml`.
        overrides: By file name; no two may take the same parcel, so their order means nothing.
        lists: Every named list, by name, whether a rule uses it or not.
        files: Every file of the package by its path (`policy.yaml`, `cases.yaml`, `lists/NAME.yaml`,
            `overrides/NAME.yaml`, `overrides/NAME.cases.yaml`), as its bytes.
    """

    base: Policy
    overrides: tuple[Override, ...] = ()
    lists: tuple[NamedList, ...] = ()
    files: Mapping[str, bytes]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the paths and bytes of all files, as hex; any change of any file changes it."""
        return digest_of(self.files)

    @property
    def title(self) -> str:
        """Name and version of the base."""
        return self.base.title

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The base, then the policy of every override."""
        return (self.base, *(one.policy for one in self.overrides))

    def expired_lists(self, on: date) -> tuple[NamedList, ...]:
        """Return the lists that nobody vouches for any more on a day; they count all the same."""
        return tuple(one for one in self.lists if one.expired(on))

    def policy_for(self, station: str | None, channel: str | None) -> Policy:
        """Return the policy that decides about a parcel of this channel at this station."""
        return next((one.policy for one in self.overrides if one.scope.fits(station, channel)), self.base)


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return SHA-256 over paths and contents, each with its length, in the order of the paths."""
    total = hashlib.sha256()
    for path in sorted(files):
        name = path.encode("utf-8")
        total.update(b"%d:%d:" % (len(name), len(files[path])) + name + files[path])
    return total.hexdigest()
