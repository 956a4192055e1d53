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


def site_lists(home: Path) -> tuple[IndicatorLists, str]:
    """Return the indicator lists, with the home's `indicators.json` laid over the defaults, and their version.

    Raises:
        InputError: The file is there and cannot be used.
    """
    path = home / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return DEFAULT_LISTS, DEFAULT_LISTS_VERSION
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    lists, version = read_site_lists(data, str(path)), f"site-{hashlib.sha256(data).hexdigest()[:12]}"
    keep_indicators(home, version, data)
    return lists, version
