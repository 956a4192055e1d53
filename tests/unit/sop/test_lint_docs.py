"""docs/lint.md names every check, and each of its examples gives what the page says: the message, or nothing."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from features.watchlist import WatchEntry, WatchList
from models.score_range import ScoreRange
from sop.check import check_package
from sop.findings import Finding
from sop.lint.base import Context
from sop.lint.codes import LINT

PAGE = (Path(__file__).parents[3] / "docs" / "lint.md").read_text(encoding="utf-8")
INDEX, *SECTIONS = re.split(r"^### ", PAGE, flags=re.MULTILINE)
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
MESSAGE = re.compile(r"^> (\w+) (\S+):(\d+):(\d+) (\w+)\n> (.*)$", re.MULTILINE)
FILE = re.compile(r"# ([\w/.-]+\.yaml)\n")
SKELETON = BLOCK.findall(INDEX)[-1]
WITHOUT_EXAMPLE = {"check_incomplete"}
CONTEXT = Context(
    today=date(2026, 11, 22),
    scores={
        "xray": ScoreRange(0.9956, "xray-synthetic-2.0.0 cannot give more than 0.9956, whatever a picture shows"),
    },
    watchlists=(
        WatchList("national", (WatchEntry("phone", "+44 20 7946 0001", "example"),)),
        WatchList("port", (WatchEntry("phone", "+44 20 7946 0002", "example", date(2026, 10, 31)),)),
    ),
)
EXAMPLES = {section.split("\n")[0]: BLOCK.findall(section) for section in SECTIONS}


def pieces(text: str) -> dict[str, str]:
    """The parts of a policy by their first word."""
    return {part.split(":")[0]: part for part in re.split(r"^(?=\w+:)", text, flags=re.MULTILINE) if part}


def files(example: str) -> dict[str, bytes]:
    """The procedure of the page with an example's pieces in place of its own, and the example's other files."""
    policy, *others = re.split(FILE, example)
    found = {"policy.yaml": "".join({**pieces(SKELETON), **pieces(policy)}.values())}
    found |= dict(zip(others[::2], others[1::2], strict=True))
    return {name: text.encode() for name, text in found.items()}


def found(example: str) -> tuple[Finding, ...]:
    return check_package(files(example), CONTEXT).findings


@pytest.mark.parametrize(("code", "meaning"), LINT.items())
def test_every_check_stands_with_its_meaning_and_has_a_section(code: str, meaning: str) -> None:
    assert f"| `{code}` | {meaning} |" in INDEX
    assert len(EXAMPLES[code]) == (0 if code in WITHOUT_EXAMPLE else 2)


def test_the_procedure_of_the_page_gives_no_warning() -> None:
    assert found(SKELETON) == ()


@pytest.mark.parametrize("section", [one for one in SECTIONS if BLOCK.search(one)], ids=lambda one: one.split("\n")[0])
def test_the_first_example_gives_the_message_and_the_second_does_not(section: str) -> None:
    code = section.split("\n")[0]
    bad, good = BLOCK.findall(section)
    (told,) = MESSAGE.findall(section)
    (finding,) = found(bad)
    shown = (finding.severity, finding.file, str(finding.line), str(finding.column), finding.code, finding.message)
    assert shown == told
    assert finding.code == code
    assert {one.severity for one in found(good)} <= {"accepted"}


def test_the_example_of_an_acceptance_is_accepted() -> None:
    rule = next(block for block in BLOCK.findall(INDEX) if "accept:" in block)
    (finding,) = found("rules:\n" + rule)
    assert (finding.severity, finding.code) == ("accepted", "origin_alone")
    assert finding.message.endswith("Accepted: The agreement with both posts asks for it until March.")
