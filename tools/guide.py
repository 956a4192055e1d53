"""Writes what the product really prints into docs/sop-guide.md: every command that the guide shows is run.

    .venv/bin/python tools/guide.py          runs the guide against a fresh home and writes the outputs into it
    .venv/bin/python tools/guide.py --check  runs it on fewer parcels, writes nothing, and says where the guide is wrong

In the guide, a remark above a block says what it is for: `<!-- change FILE -->` above a diff, `<!-- write FILE -->` or
`<!-- add to FILE -->` above what a file holds, `<!-- figures -->` above a command whose figures depend on how many
parcels there were. `<!-- do: NAME -->` alone runs what the reader does not see. Dates move with the day of the run; the
folder, the port and the account of the run are shown as a reader's.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import sleep

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import guide_world as world_of  # noqa: E402 - the script also runs from a checkout that is not installed

from cli.main import main as command_line  # noqa: E402
from sop.active import cases_path, shipped_policy_path  # noqa: E402

GUIDE = ROOT / "docs" / "sop-guide.md"
PARCELS, FEW_PARCELS = (1200, 120), (40, 20)
SHOWN_FOLDER, SHOWN_ADDRESS, SHOWN_ACCOUNT = "/srv/parcels", "http://127.0.0.1:8080", "account screening"
WIDTH = "110"
REMARK = re.compile(r"<!-- (.+) -->")
ISO_DAY = re.compile(r"\b20\d\d-\d\d-\d\d\b")
WRITTEN = re.compile(r"<!-- outputs of (20\d\d-\d\d-\d\d) -->")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of the guide, its first line's number, and the remark above it."""

    line: int
    language: str
    remark: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A console block as the guide has it and as it came out now."""

    block: Block
    now: str


@dataclass(slots=True)
class Run:
    """A run of the guide in a folder; `fresh` collects what each console block shows now."""

    folder: Path
    world: world_of.World
    shift: timedelta
    stack: ExitStack
    address: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    fresh: list[Shown] = field(default_factory=list)

    def do(self, name: str) -> None:
        """Do what the reader does not see."""
        deeds: dict[str, Callable[[], None]] = {
            "a month passes": self._settle,
            "the service starts": self._serve,
            "a morning passes": self._morning,
            "two seconds pass": self._wait,
        }
        deeds[name]()

    def _settle(self) -> None:
        home = self.folder / "home"
        home.mkdir()
        for shipped in (shipped_policy_path(), cases_path(shipped_policy_path())):
            # What was reviewed in time when the guide was written must be so on the day of the run.
            (home / shipped.name).write_text(moved(shipped.read_text(encoding="utf-8"), self.shift), encoding="utf-8")
        self.keys = world_of.settle(home, self.world)
        for name, key in self.keys.items():
            (self.folder / f"{name}.key").write_text(key + "\n", encoding="ascii")

    def _serve(self) -> None:
        log = self.folder / "service.log"
        self.address = self.stack.enter_context(world_of.service(self.folder / "home", log))

    def _morning(self) -> None:
        world_of.send(self.address, self.keys["station"], self.world.morning)

    def _wait(self) -> None:
        # The home's own file has served its turn: from the first activation on the registry holds what is in force.
        (self.folder / "home" / shipped_policy_path().name).unlink(missing_ok=True)
        sleep(2.5)

    def follow(self, block: Block) -> None:
        """Do what a block shows."""
        if block.language == "console":
            self.fresh.append(Shown(block, self._console(block.text)))
        elif block.remark.startswith("change "):
            self._change(self.folder / block.remark.removeprefix("change "), block)
        elif block.remark.startswith("write "):
            self._write(block.remark.removeprefix("write "), block.text, "w")
        elif block.remark.startswith("add to "):
            self._write(block.remark.removeprefix("add to "), "\n" + block.text, "a")

    def _change(self, path: Path, block: Block) -> None:
        lines = block.text.splitlines()
        before = "\n".join(line[1:] for line in lines if line[:1] in " -")
        after = "\n".join(line[1:] for line in lines if line[:1] in " +")
        text = path.read_text(encoding="utf-8")
        if text.count(before) != 1:
            times = text.count(before)
            raise SystemExit(f"{GUIDE.name}:{block.line}: what is to change stands {times} times in {path}.")
        path.write_text(text.replace(before, after), encoding="utf-8")

    def _write(self, name: str, text: str, mode: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open(mode, encoding="utf-8") as file:
            file.write(text)

    def _console(self, text: str) -> str:
        commands = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
        return "\n\n".join(f"$ {one}\n{self._output(one)}".rstrip() for one in commands) + "\n"

    def _output(self, command: str) -> str:
        words = shlex.split(command.partition(" | ")[0])
        if words[0] == "parcel-screening":
            printed = _in_process(words[1:], command.partition(" | ")[2])
        else:
            printed = _in_shell(command.replace(SHOWN_ADDRESS, self.address))
        printed = printed.replace(str(self.folder), SHOWN_FOLDER).replace(self.address or SHOWN_ADDRESS, SHOWN_ADDRESS)
        printed = re.sub(r"(?<=, )account \w+$", SHOWN_ACCOUNT, printed, flags=re.MULTILINE)
        return "\n".join(line.rstrip() for line in printed.rstrip().splitlines())


def moved(text: str, shift: timedelta) -> str:
    """Return a text with all its days moved."""
    return ISO_DAY.sub(lambda found: (date.fromisoformat(found[0]) + shift).isoformat(), text)


def elements(text: str) -> Iterator[str | Block]:
    """Yield the hidden deeds (their names) and the blocks of a guide, in order."""
    remark, fence, start, body = "", None, 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        if fence is not None and line == "```":
            yield Block(start, fence, remark, "\n".join(body) + "\n")
            remark, fence = "", None
        elif fence is not None:
            body.append(line)
        elif line.startswith("```"):
            fence, start, body = line[3:], number, []
        elif found := REMARK.fullmatch(line):
            remark = found[1]
            if remark.startswith("do: "):
                yield remark.removeprefix("do: ")
        elif line:
            remark = ""


def run(text: str, parcels: tuple[int, int], today: date) -> tuple[str, list[Shown]]:
    """Run a guide and return its text, moved to today and with fresh outputs, and each console block before and now."""
    written = date.fromisoformat(WRITTEN.findall(text)[0])
    text = moved(text, today - written)
    world = world_of.make_world(*parcels, datetime.combine(today, time(), UTC))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="guide-"))).resolve()
        stack.enter_context(contextlib.chdir(folder))
        stack.enter_context(_environment(PARCEL_SCREENING_HOME=str(folder / "home"), COLUMNS=WIDTH, NO_COLOR="1"))
        going = Run(folder, world, today - written, stack)
        for one in elements(text):
            going.do(one) if isinstance(one, str) else going.follow(one)
    return _with_outputs(text, going.fresh), going.fresh


def differences(shown: Sequence[Shown]) -> list[str]:
    """Return what the guide shows otherwise than the product does; dates, times, hashes and ids do not count."""
    found = []
    for one in shown:
        before, now = alike(one.block.text), alike(one.now)
        if one.block.remark == "figures":
            # Of fewer parcels: what is no figure must still be there.
            wrong = [line for line in before if _wordy(line) and line not in now]
        else:
            wrong = [] if before == now else [f"{one.block.text}--- now ---\n{one.now}"]
        found += [f"{GUIDE.name}:{one.block.line}: {line}" for line in wrong]
    return found


def alike(text: str) -> list[str]:
    """Return the lines of an output without what differs between two runs."""
    for pattern, word in (
        (r"\b20\d\d-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z| ?UTC|[+-]\d\d:\d\d)?)?", "DAY"),
        (r"\b\d\d:\d\d(:\d\d)?( UTC|Z)?", "TIME"),
        (r"\b[0-9a-f]{12,64}\b", "HASH"),
        (r"\b[0-9A-HJKMNP-TV-Z]{26}\b", "ID"),
        (r"\b20\d\d\.\d\d-\d+\b", "VERSION"),
    ):
        text = re.sub(pattern, word, text)
    return [" ".join(line.split()) for line in text.splitlines()]


def _wordy(line: str) -> bool:
    return not re.search(r"\d", line.replace("DAY", "")) and bool(re.search(r"[a-z]{3}", line))


def _with_outputs(text: str, shown: Sequence[Shown]) -> str:
    for one in shown:
        text = text.replace(f"```console\n{one.block.text}```", f"```console\n{one.now}```", 1)
    return text


def _in_process(arguments: list[str], part: str) -> str:
    """Run the command line as `parcel-screening` does: both outputs together, or the first or last lines of the one.

    Args:
        arguments: What stands behind `parcel-screening`.
        part: What stands behind `|`: empty, `head -n 5` or `tail -n 5`.
    """
    output, errors = io.StringIO(), io.StringIO()
    to_errors = contextlib.redirect_stderr(errors if part else output)
    with contextlib.redirect_stdout(output), to_errors, contextlib.suppress(SystemExit):
        command_line(arguments)
    if not part:
        return output.getvalue()
    end, _, count = part.split()
    lines = output.getvalue().splitlines(keepends=True)
    return "".join(lines[: int(count)] if end == "head" else lines[-int(count) :]) + errors.getvalue()


def _in_shell(command: str) -> str:
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30, check=True).stdout


@contextlib.contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def main() -> None:
    """Write the guide anew, or check it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="Write nothing; exit with 1 where the guide is wrong.")
    check = parser.parse_args().check
    text, shown = run(GUIDE.read_text(encoding="utf-8"), FEW_PARCELS if check else PARCELS, datetime.now(UTC).date())
    if not check:
        GUIDE.write_text(text, encoding="utf-8")
    elif wrong := differences(shown):
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
