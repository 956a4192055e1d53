"""Reads a policy file, or says everything that is wrong with it, by line and column."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from features.errors import InputError
from sop.findings import Finding, Mark, Report
from sop.language import policy_shape
from sop.types import Policy
from sop.vocabulary import Vocabulary, default_vocabulary
from sop.yaml_reader import Node, read_yaml

MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Examined:
    """A file after reading: the policy or None, all that was found, in the order of the file, and its tree."""

    policy: Policy | None
    findings: tuple[Finding, ...]
    tree: Node | None

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make the policy unusable."""
        return tuple(one for one in self.findings if one.severity == "error")


def load_policy(path: Path, vocabulary: Vocabulary | None = None) -> Policy:
    """Read a policy file.

    Args:
        path: The file.
        vocabulary: The codes that rules may use; None: those of this installation.

    Raises:
        InputError: The file cannot be read, or is not a valid policy; every problem is listed with its place, for
            example `policy.yaml:12:5`.
    """
    return parse_policy(read_text(path), path.name, vocabulary)


def parse_policy(text: str, name: str, vocabulary: Vocabulary | None = None) -> Policy:
    """Read a policy from text; `name` stands for the file in messages.

    Raises:
        InputError: The text is not a valid policy; every problem is listed with its place.
    """
    examined = examine_policy(text, vocabulary)
    if examined.policy is None:
        problems = [one.as_problem(name) for one in examined.errors]
        noun = "problem" if len(problems) == 1 else "problems"
        raise InputError(f"{name}: not a valid policy; {len(problems)} {noun} to mend.", problems)
    return examined.policy


def examine_policy(text: str, vocabulary: Vocabulary | None = None) -> Examined:
    """Read a policy from text and return it with everything found; the policy is None exactly where errors are."""
    report = Report()
    if text.startswith("\ufeff"):
        text = text[1:]
    tree = read_yaml(text, report)
    shape = policy_shape(vocabulary or default_vocabulary())
    policy = shape.read(tree, report) if tree is not None else None
    findings = tuple(sorted(report.findings))
    clean = not any(one.severity == "error" for one in findings)
    return Examined(policy if clean else None, findings, tree)


def read_text(path: Path) -> str:
    """Return a file's text.

    Raises:
        InputError: There is no such file, it is larger than any policy, or it is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); name an existing file.") from error
    if len(data) > MAX_BYTES:
        raise InputError(f"{path}: {len(data)} bytes are more than a policy may have ({MAX_BYTES}).")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        mark = _byte_mark(data, error.start)
        finding = Finding(mark.line, mark.column, "error", "yaml_encoding", "Not UTF-8 here; save the file as UTF-8.")
        raise InputError(f"{path}: not a text file in UTF-8.", [finding.as_problem(path.name)]) from error


def _byte_mark(data: bytes, position: int) -> Mark:
    before = data[:position]
    return Mark(before.count(b"\n") + 1, position - before.rfind(b"\n"))
