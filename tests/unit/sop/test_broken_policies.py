"""Every broken policy in `broken/` gives exactly the finding that its header announces."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from sop.loader import examine_policy
from sop.schema import policy_schema
from sop.vocabulary import Vocabulary

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
ALSO = {"anchor_and_alias": {"yaml_alias"}}


def header(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^# (\w+): (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_the_announced_error_and_no_other(path: Path, vocabulary: Vocabulary) -> None:
    examined = examine_policy(path.read_text(encoding="utf-8"), vocabulary)
    expected = header(path)
    assert examined.policy is None
    first = examined.errors[0]
    assert (first.code, first.line) == (expected["error"], int(expected["line"])), first
    assert {one.code for one in examined.errors} - {first.code} == ALSO.get(path.stem, set())
    assert first.message.endswith((".", "?")), first.message


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_schema_and_loader_agree_as_far_as_a_schema_can_see(path: Path, vocabulary: Vocabulary) -> None:
    validator = jsonschema.Draft202012Validator(policy_schema(vocabulary))
    wanted = header(path)["schema"]
    try:
        data = as_json(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError):
        assert wanted == "raises"
        return
    assert validator.is_valid(data) == (wanted == "accepts")


def as_json(text: str) -> Any:
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


def test_there_are_enough_of_them() -> None:
    assert len(BROKEN) >= 20
    assert {header(path)["schema"] for path in BROKEN} == {"accepts", "refuses", "raises"}
