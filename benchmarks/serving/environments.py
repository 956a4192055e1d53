"""An environment of its own for each peer, made once: pinned versions, and the product's own of what they share."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
LOCK = HERE.parents[1] / "requirements" / "runtime.lock"
STAMP = "installed.txt"


@dataclass(frozen=True, slots=True)
class Environment:
    """A peer's environment."""

    name: str
    folder: Path

    def program(self, name: str) -> str:
        """Return the path of one of its programs."""
        return str(self.folder / "bin" / name)

    def versions(self) -> dict[str, str]:
        """Return what is installed, by package."""
        listed = _run([self.program("python"), "-m", "pip", "list", "--format=freeze", *QUIET]).stdout
        return dict(line.split("==", 1) for line in listed.splitlines() if "==" in line)


QUIET = ("--disable-pip-version-check",)


def prepared(name: str, cache: Path) -> Environment:
    """Return a peer's environment, made now unless it was made before from the same requirements.

    Raises:
        RuntimeError: pip cannot install it; with what it said.
    """
    wanted = HERE / "requirements" / f"{name}.txt"
    environment = Environment(name, cache / f"{name}-{_digest(wanted)}")
    if not (environment.folder / STAMP).exists():
        print(f"Making the environment of {name} in {environment.folder} (once) ...", file=sys.stderr, flush=True)
        _make(environment, wanted)
    return environment


def _make(environment: Environment, wanted: Path) -> None:
    environment.folder.mkdir(parents=True, exist_ok=True)
    _run([sys.executable, "-m", "venv", "--clear", str(environment.folder)])
    constraints = environment.folder / "constraints.txt"
    constraints.write_text("\n".join(_shared()) + "\n")
    install = ["-m", "pip", "install", "--quiet", *QUIET, "-r", str(wanted), "-c", str(constraints)]
    _run([environment.program("python"), *install])
    (environment.folder / STAMP).write_text("\n".join(f"{k}=={v}" for k, v in environment.versions().items()))


def _shared() -> list[str]:
    """Return the product's own pins of what its features and model need, so that all compute with the same versions."""
    names = (HERE / "requirements" / "shared.txt").read_text().split()
    pins = re.findall(r"^([a-z0-9-]+)(==[^\\\n]+?) *\\?$", LOCK.read_text(), re.MULTILINE)
    return [name + pin for name, pin in pins if name in names]


def _digest(wanted: Path) -> str:
    text = "\n".join([sys.version, wanted.read_text(), *_shared()])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stderr[-3000:]}")
    return done
