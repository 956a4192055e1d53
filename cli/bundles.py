"""What a new bundle is called and when it was made, for both trainers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from features.errors import UsageError

BUNDLE_NAME = re.compile(r"(?P<name>.+)-(?P<version>\d+\.\d+\.\d+)$")


def bundle_name(output: Path) -> tuple[str, str]:
    """Return name and version of a bundle from its folder, for example `risk-synthetic-2.0.0`."""
    found = BUNDLE_NAME.fullmatch(output.name)
    return (found["name"], found["version"]) if found else (output.name, "0.1.0")


def creation_time(environment: Mapping[str, str]) -> str:
    """Return the time for a card: SOURCE_DATE_EPOCH where it is set, so that a bundle can be made again bit for bit.

    Raises:
        UsageError: SOURCE_DATE_EPOCH is no number of seconds.
    """
    epoch = environment.get("SOURCE_DATE_EPOCH")
    try:
        now = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH is {epoch!r}; it must be seconds since 1970.") from error
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")
