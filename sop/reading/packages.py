"""Reads a whole procedure (policy, overrides, lists, cases), or says everything that is wrong with all of its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from features.errors import InputError
from sop.findings import POLICY, Finding, Mark, Report
from sop.lists import NamedList
from sop.package import Override, Package
from sop.reading.language import policy_shape
from sop.reading.list_file import ListFile
from sop.reading.listed import LIST_FOLDER, LIST_NAME
from sop.reading.override import check_scopes, laid_over
from sop.reading.override_file import override_shape
from sop.reading.override_references import check_references
from sop.reading.package_files import CASES, LIST, OVERRIDE, OVERRIDE_CASES, policy_path, read_files
from sop.reading.rules import rule_ids
from sop.reading.shapes import node_text
from sop.reading.suggest import did_you_mean
from sop.reading.yaml_reader import Mapping as Block
from sop.reading.yaml_reader import Node, mark_at, read_yaml
from sop.reading.yaml_text import decoded
from sop.types import Policy
from sop.vocabulary import Vocabulary, default_vocabulary

__all__ = ["ExaminedPackage", "examine_package", "load_package", "parse_package", "read_files"]


@dataclass(frozen=True, slots=True)
class ExaminedPackage:
    """A procedure after reading.

    Attributes:
        package: The procedure, or None where errors are.
        findings: All that was found, by file, in the order of each file.
        trees: The tree of every file that could be read as YAML, by its path in the package.
    """

    package: Package | None
    findings: tuple[Finding, ...]
    trees: Mapping[str, Node]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make the procedure unusable."""
        return tuple(one for one in self.findings if one.severity == "error")


def load_package(path: Path, vocabulary: Vocabulary | None = None) -> Package:
    """Read a procedure with all its files.

    Args:
        path: Its `policy.yaml`, its folder, or any of its files.
        vocabulary: The codes that rules may use; None: those of this installation.

    Raises:
        InputError: A file cannot be read, or something in one of them is not valid; every problem of every file is
            listed with its place, for example `overrides/leeds.yaml:12:5`.
    """
    policy = policy_path(path)
    return usable(examine_package(read_files(path), vocabulary), str(policy), policy.name)


def parse_package(files: Mapping[str, bytes], name: str, vocabulary: Vocabulary | None = None) -> Package:
    """Read a procedure from its files' bytes by their paths in it; `name` stands for the whole in messages.

    Raises:
        InputError: Something in one of the files is not valid; every problem is listed with its place.
    """
    return usable(examine_package(files, vocabulary), name, POLICY)


def examine_package(files: Mapping[str, bytes], vocabulary: Vocabulary | None = None) -> ExaminedPackage:
    """Read a procedure and return it with everything found; the package is None exactly where errors are."""
    report = Report()
    trees = _trees(files, report)
    lists = _lists(trees, report)
    known = _with_lists(vocabulary or default_vocabulary(), lists, files, trees)
    base = policy_shape(known).read(trees[POLICY], report) if POLICY in trees else None
    overrides = _overrides(base, trees, known, report)
    _check_files(files, report)
    findings = tuple(sorted(report.findings, key=lambda one: (one.file != POLICY, one.file, one)))
    if base is None or any(one.severity == "error" for one in findings):
        return ExaminedPackage(None, findings, trees)
    package = Package(base=base, overrides=overrides, lists=tuple(lists.values()), files=dict(files))
    return ExaminedPackage(package, findings, trees)


def usable(examined: ExaminedPackage, name: str, policy: str) -> Package:
    """Return the procedure, where it is one.

    Args:
        examined: What was read.
        name: Stands for the whole in the message.
        policy: What the file of the policy is called, which an author may call otherwise than in a package.

    Raises:
        InputError: It has errors; every one is listed with its place.
    """
    if examined.package is not None:
        return examined.package
    problems = [one.as_problem(policy if one.file == POLICY else None) for one in examined.errors]
    noun = "problem" if len(problems) == 1 else "problems"
    raise InputError(f"{name}: not a valid policy; {len(problems)} {noun} to mend.", problems)


def _trees(files: Mapping[str, bytes], report: Report) -> dict[str, Node]:
    trees: dict[str, Node] = {}
    for path in sorted(files):
        # Cases are read by whoever runs them; they have no say in what the procedure is.
        if path == POLICY or LIST.fullmatch(path) or OVERRIDE.fullmatch(path):
            text = decoded(files[path], report, path)
            tree = read_yaml(text, report, path) if text is not None else None
            trees |= {path: tree} if tree is not None else {}
    return trees


def _lists(trees: Mapping[str, Node], report: Report) -> dict[str, NamedList]:
    lists: dict[str, NamedList] = {}
    for path, tree in trees.items():
        if (named := LIST.fullmatch(path)) is None:
            continue
        found, called = ListFile().read(tree, report), _text_at(tree, "list")
        if re.fullmatch(LIST_NAME, called) and called != named[1]:
            message = f"The file is called {named[1]}.yaml, but its list `{called}`; make them alike."
            report.error(mark_at(tree, "list"), "list_name", message)
        elif found is not None:
            lists[found.name] = found
    return lists


def _text_at(tree: Node | None, name: str) -> str:
    entries = tree.entries if isinstance(tree, Block) else ()
    return next((node_text(value) for key, value in entries if key.text == name), "")


def _with_lists(
    vocabulary: Vocabulary, lists: Mapping[str, NamedList], files: Mapping[str, bytes], trees: Mapping[str, Node]
) -> Vocabulary:
    named = {found[1] for path in files if (found := LIST.fullmatch(path))}
    broken = {name: _text_at(trees.get(f"{LIST_FOLDER}/{name}.yaml"), "kind") for name in named - lists.keys()}
    return replace(vocabulary, lists=lists, broken_lists=broken)


def _overrides(
    base: Policy | None, trees: Mapping[str, Node], vocabulary: Vocabulary, report: Report
) -> tuple[Override, ...]:
    shape = override_shape(vocabulary)
    files = {path: shape.read(tree, report) for path, tree in trees.items() if OVERRIDE.fullmatch(path)}
    read = {path: file for path, file in files.items() if file is not None}
    ids = _ids(trees.get(POLICY))
    # A policy whose rules cannot be told leaves nothing to compare with.
    wrong = {path for path in files if ids and not check_references(trees[path], ids, report)}
    check_scopes([(path, mark_at(trees[path], "applies_to"), file.scope) for path, file in read.items()], report)
    if base is None:
        return ()
    found = (laid_over(base, file, path, report) for path, file in read.items() if path not in wrong)
    return tuple(one for one in found if one is not None)


def _ids(tree: Node | None) -> list[str]:
    """Return the ids of the policy's rules, also where other things are wrong with it."""
    entries = tree.entries if isinstance(tree, Block) else ()
    return [one.text for key, value in entries if key.text == "rules" for one in rule_ids(value)]


def _check_files(files: Mapping[str, bytes], report: Report) -> None:
    if POLICY not in files:
        report.error(Mark(1, 1), "file_missing", f"There is no {POLICY}; a procedure begins with it.")
    overrides = {found[1] for path in files if (found := OVERRIDE.fullmatch(path))}
    for path in sorted(files):
        cases = OVERRIDE_CASES.fullmatch(path)
        if cases and cases[1] not in overrides:
            hint = _close(cases[1], overrides, report)
            message = f"These are the cases of an override {cases[1]}.yaml that is not there{hint}"
            report.error(Mark(1, 1, "", path), "file_unknown", message)
        elif not (cases or path in (POLICY, CASES) or LIST.fullmatch(path) or OVERRIDE.fullmatch(path)):
            message = "This file is not read; its name must be letters, digits, `-` and `_`, and end with .yaml."
            if path.count("/") > 1:
                message = f"This file is not read; put it right into the folder {path.split('/')[0]}."
            report.error(Mark(1, 1, "", path), "file_unknown", message)


def _close(name: str, known: set[str], report: Report) -> str:
    return did_you_mean(name, sorted(known), report) if known else "; write it, or remove them."
