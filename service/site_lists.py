"""The site's own indicator lists: `HOME/indicators.json`, laid over the defaults."""

from __future__ import annotations

import hashlib
from pathlib import Path

from features.errors import InputError
from features.indicators.lists import DEFAULT_LISTS, IndicatorLists
from features.indicators.site import read_site_lists
from service.kept import keep_indicators

FILE = "indicators.json"
DEFAULT_LISTS_VERSION = "default"
MOST_BYTES = 1024 * 1024
"""A site's own words and countries are a few kilobytes."""


def site_lists(home: Path) -> tuple[IndicatorLists, str]:
    """Return the indicator lists, with the home's `indicators.json` laid over the defaults, and their version.

    Raises:
        InputError: The file is there and cannot be used.
    """
    data = _bytes(home)
    if data is None:
        return DEFAULT_LISTS, DEFAULT_LISTS_VERSION
    lists, version = read_site_lists(data, str(home / FILE)), _version(data)
    keep_indicators(home, version, data)
    return lists, version


def site_version(home: Path) -> str:
    """Return how answers name the lists of a home; the file may hold a mistake.

    Raises:
        InputError: The file is there and cannot be read.
    """
    data = _bytes(home)
    return DEFAULT_LISTS_VERSION if data is None else _version(data)


def _version(data: bytes) -> str:
    return f"site-{hashlib.sha256(data).hexdigest()[:12]}"


def _bytes(home: Path) -> bytes | None:
    try:
        with (home / FILE).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{home / FILE}: cannot be read ({error.strerror}).") from error
    if len(data) > MOST_BYTES:
        raise InputError(f"{home / FILE}: is over {MOST_BYTES >> 20} MiB; a site's own lists are far smaller.")
    return data
