"""Long work shows a bar on a terminal and nothing in a pipe."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def command(output: Path) -> list[str]:
    return [sys.executable, "-m", "cli", "synth", "manifests", "--count", "3000", "--output", str(output)]


def test_a_terminal_gets_a_bar_with_the_time_left(tmp_path: Path) -> None:
    terminal, end = pty.openpty()
    with subprocess.Popen(
        command(tmp_path / "p.ndjson"), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=end,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    ) as process:  # fmt: skip
        os.close(end)
        shown = b""
        try:
            while piece := os.read(terminal, 65536):
                shown += piece
        except OSError:
            pass  # Linux reports the closed end of a terminal as an error, not as an end of file.
        assert process.wait(timeout=120) == 0
    os.close(terminal)
    assert b"parcels" in shown
    assert b"/3000" in shown


def test_a_pipe_gets_none(tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path / "p.ndjson"), cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stderr == ""
    assert done.stdout == f"{tmp_path / 'p.ndjson'}: 3000 parcels.\n"
