"""Runs `parcel-screening` in this process, because starting one costs seconds, and tells how it ended."""

from __future__ import annotations

import os
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from cli.main import main


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def returncode(self) -> int:
        """The exit code, as a process names it."""
        return self.code


def run_command(home: Path, *words: object, code: int = 0, **settings: object) -> Ended:
    """Run a command on a home.

    Args:
        home: The home folder.
        words: The command.
        code: The exit code that it must end with.
        settings: Further settings, without PARCEL_SCREENING_ and in lower case.
    """
    ended = ending(home, *words, **settings)
    assert ended.code == code, f"exit {ended.code}: {ended.stdout}{ended.stderr}"
    return ended


def ending(home: Path, *words: object, **settings: object) -> Ended:
    """Run a command as `run_command` does, however it ends."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PARCEL_SCREENING_")}
    own = {f"PARCEL_SCREENING_{name.upper()}": str(value) for name, value in {"home": home, **settings}.items()}
    out, err = StringIO(), StringIO()
    with patch.dict(os.environ, {**clean, **own}, clear=True), redirect_stdout(out), redirect_stderr(err):
        found = _code([str(word) for word in words])
    assert "Traceback" not in err.getvalue()
    return Ended(found, out.getvalue(), err.getvalue())


def _code(words: list[str]) -> int:
    try:
        main(words)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
