"""docs/sop-language.md names everything that the language has, and its examples are valid."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models.fusion import CONTRADICTIONS
from sop.active import shipped_policy_path
from sop.casework.cases import cases_shape, load_cases
from sop.diff.packages import own_changes
from sop.findings import CODES
from sop.lint.codes import LINT
from sop.reading.loader import parse_policy
from sop.reading.packages import parse_package
from sop.reading.schema import SCHEMA_KINDS, policy_schema, schema_of
from sop.vocabulary import default_vocabulary

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "sop-language.md").read_text(encoding="utf-8")
LINT_PAGE = (DOCS / "lint.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def names(schema: Any) -> Iterator[str]:
    """Every key of the language and every word that a key allows, countries and indicators apart."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        yield from (word for word in schema.get("enum", ()) if isinstance(word, str))
        for key, value in schema.items():
            if key != "country":
                yield from names(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from names(item)


def test_every_key_and_word_is_documented() -> None:
    elsewhere = set(default_vocabulary().indicators)
    known = {name for kind in SCHEMA_KINDS if kind != "cases" for name in names(schema_of(kind))}
    assert {name for name in known - elsewhere - set(LINT) if f"`{name}`" not in PAGE} == set()


def test_every_key_of_a_case_is_documented() -> None:
    section = PAGE.split("## Cases")[1].split("\n## ")[0]
    keys = set(names(cases_shape(default_vocabulary()).schema())) - set(names(policy_schema()))
    assert keys >= {"given", "day", "keeps_from", "placed_by", "nothing"}
    assert {key for key in keys if f"`{key}`" not in section} == set()


@pytest.mark.parametrize(("code", "meaning"), [*CODES.items(), *CONTRADICTIONS.items()])
def test_every_code_stands_with_its_meaning(code: str, meaning: str) -> None:
    # The checks of a valid procedure have a page of their own.
    assert f"| `{code}` | {meaning} |" in (LINT_PAGE if code in LINT else PAGE)


def test_the_examples_of_policies_and_rules_are_valid(text_of: Callable[..., str]) -> None:
    kinds = set()
    for block in BLOCKS:
        if block.startswith("sop:"):
            parse_policy(block, "example")
            kinds.add("policy")
        elif block.startswith("  - id:"):
            text = text_of("A scan {nature: gift}").replace("rules:\n", "rules:\n" + block)
            parse_package({"policy.yaml": text.encode(), **example_list()}, "example")
            kinds.add("rule")
    assert kinds == {"policy", "rule"}


def example_list() -> dict[str, bytes]:
    (block,) = [block for block in BLOCKS if block.startswith("list:")]
    return {"lists/high-risk-origins.yaml": block.encode()}


def test_the_example_of_an_override_changes_the_shipped_policy() -> None:
    (block,) = [block for block in BLOCKS if block.startswith("extends:")]
    policy = shipped_policy_path().read_bytes()
    files = {"policy.yaml": policy, "overrides/leeds.yaml": block.encode(), **example_list()}
    package = parse_package(files, "example")
    assert package.policy_for("leeds-3", "courier").title == f"{package.base.title} + leeds 2"
    assert package.policy_for("leeds-3", "postal") is package.base
    assert {one.what for one in own_changes(package.base, package.overrides[0])} == {
        "rule LE-010", "rule RK-020", "rule RK-030", "policy",
    }  # fmt: skip


def test_the_conditions_with_lists_are_valid(text_of: Callable[..., str]) -> None:
    examples = re.findall(r"^\| `(\w+: {(?:list|codes): [^`]+})` \|", PAGE, re.MULTILINE)
    assert len(examples) == 3
    heading = b"\nkind: hs_code\nsource: x\nissued: 2026-11-01\nentries: ['93']\n"
    lists = {f"lists/{name}.yaml": f"list: {name}".encode() + heading for name in ("cover-headings", "machine-parts")}
    for example in examples:
        files = {"policy.yaml": text_of(f"A scan {{{example}}}").encode(), **example_list(), **lists}
        parse_package(files, "example")


def test_the_example_of_cases_is_valid(tmp_path: Path) -> None:
    (block,) = [block for block in BLOCKS if block.startswith("cases:")]
    path = tmp_path / "cases.yaml"
    path.write_text(block, encoding="utf-8")
    assert len(load_cases(path)) == 3


def test_the_examples_in_the_table_of_conditions_are_valid(text_of: Callable[..., str]) -> None:
    table = PAGE.split("## Conditions")[1].split("**Verdicts**")[0]
    examples = re.findall(r"\| `(\w+: [^`]+)` \|$", table, re.MULTILINE)
    assert len(examples) == 19
    for example in examples:
        parse_policy(text_of(f"A scan {{{example}}}"), "example")
