"""Who runs this process, for the records of what was put in use."""

from __future__ import annotations

import os
import pwd


def account() -> str:
    """Return the account that runs this process, by the system and not by what the environment says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
