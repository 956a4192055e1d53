"""`sop check`: everything that is wrong with a procedure, file by file, at its place."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from cli.sop_context import check_context
from cli.sop_present import WHOLE, console, count
from features.errors import CheckFailed
from service.settings import Settings
from sop.active import active_policy_path
from sop.check import check_package
from sop.findings import POLICY, Finding
from sop.reading.package_files import read_files
from sop.reading.yaml_signs import without_hidden

SEVERITY_STYLES = {"error": "bold red", "warning": "yellow", "accepted": "cyan"}
EXCERPT = 100


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Fail on warnings too, unless the file accepts them with a reason.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people.")
def check(file: Path | None, strict: bool, as_json: bool) -> None:
    """Say everything that is wrong with a procedure, by file, line and column.

    FILE is a policy, its folder or one of its overrides; without it, the procedure in force. All its files are checked
    together: the policy, its lists and its overrides.

    Exit code 0 without errors (warnings are allowed, unless --strict), 1 with errors, 3 when a file cannot be read.
    """
    settings = Settings.from_environment(os.environ)
    path = active_policy_path(settings.sop, settings.home, file)
    files = read_files(path)
    checked = check_package(files, check_context(settings, date.today()))
    found = [_named(one, path) for one in checked.findings]
    if as_json:
        click.echo(json.dumps([one.as_json() for one in found], indent=2, ensure_ascii=False))
    else:
        _tell(path, files, found)
    _judge(path, found, strict)


def _named(finding: Finding, path: Path) -> Finding:
    """Return a finding about the policy under the name that its file has."""
    return replace(finding, file=path.name) if finding.file == POLICY else finding


def _judge(path: Path, found: Sequence[Finding], strict: bool) -> None:
    errors, warnings = _counts(found)
    if errors:
        raise CheckFailed(f"{path}: {count(errors, 'error')}; this procedure cannot be used.")
    if strict and warnings:
        raise CheckFailed(
            f"{path}: {count(warnings, 'warning')}; mend them, or accept each under `accept:` with the reason."
        )


def _counts(found: Sequence[Finding]) -> tuple[int, int]:
    first, second = (sum(one.severity == severity for one in found) for severity in ("error", "warning"))
    return first, second


def _tell(path: Path, files: Mapping[str, bytes], found: Sequence[Finding]) -> None:
    out = console()
    for one in found:
        data = files.get(POLICY if one.file == path.name else one.file, b"")
        _tell_one(out, one, _lines(data))
    errors, warnings = _counts(found)
    accepted = len(found) - errors - warnings
    more = f", {count(accepted, 'accepted warning')}" if accepted else ""
    mood = SEVERITY_STYLES["error" if errors else "warning"] if errors or warnings else "green"
    out.print(f"[{mood}]{escape(str(path))}: {count(errors, 'error')}, {count(warnings, 'warning')}{more}.[/]", **WHOLE)


def _lines(data: bytes) -> list[str]:
    """Return the lines of a file as YAML counts them, without what a terminal would obey."""
    return [without_hidden(line) for line in data.decode("utf-8-sig", errors="replace").splitlines()]


def _tell_one(out: Console, one: Finding, lines: Sequence[str]) -> None:
    """Print a finding under the line that it is about."""
    style = SEVERITY_STYLES[one.severity]
    out.print(
        f"[{style}]{one.severity}[/] {escape(without_hidden(one.file))}:{one.line}:{one.column} [dim]{one.code}[/]",
        **WHOLE,
    )
    if one.line <= len(lines) and lines[one.line - 1].strip():
        out.print(_excerpt(lines[one.line - 1], one, style), **WHOLE)
    if out.is_terminal:
        out.print(Padding(Text(one.message), (0, 0, 1, 4)))
    else:
        out.print(Text(f"    {one.message}\n"), **WHOLE)


def _excerpt(line: str, one: Finding, style: str) -> Text:
    begin = one.column - 1
    start = max(0, begin - EXCERPT // 2) if len(line) > EXCERPT else 0
    shown = line[start : start + EXCERPT].replace("\t", " ")
    lead = "…" if start else ""
    # In cells of the terminal: Chinese characters take two.
    indent = " " * cell_len(lead + shown[: begin - start])
    pointed = shown[begin - start : begin - start + max(len(one.text), 1)]
    return Text.assemble((f"    {lead}{shown}\n", "dim"), (f"    {indent}{'^' * max(cell_len(pointed), 1)}", style))
