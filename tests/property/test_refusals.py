"""Whatever JSON or query arrives: it is taken, or refused with known codes and sentences of our own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from features.errors import Problem
from features.manifest_schema import PROBLEM_CODES
from service.problems import Refusal
from service.schemas import FindingBody, ImageParameters, ItemReference, ListParameters, ScreeningParameters, checked

MODELS: list[type[BaseModel]] = [FindingBody, ImageParameters, ItemReference, ListParameters, ScreeningParameters]
JARGON = ("Input should", "String should", "Value error", "valid dictionary", "instance of", "validation")
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("x" * 3000),
    lambda inner: st.lists(inner, max_size=15) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
words = st.sampled_from(["illicit", "nothing", "scan", "barrel", "2026-11-20T08:15:00Z", "1", "9" * 5000, "\ud800"])


def bodies(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    fields = st.fixed_dictionaries({}, optional=dict.fromkeys(model.model_fields, words | junk))
    return fields | junk


def refused(model: type[BaseModel], raw: Any) -> tuple[Problem, ...]:
    """Return the problems of a refusal, none where it was taken; a refusal without problems is one."""
    try:
        checked(model, raw, "The request")
    except Refusal as refusal:
        return refusal.errors or (Problem("", "none given", ""),)
    return ()


@pytest.mark.parametrize("model", MODELS)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_every_refusal_is_in_our_words(model: type[BaseModel], data: st.DataObject) -> None:
    for problem in refused(model, data.draw(bodies(model))):
        assert problem.code in PROBLEM_CODES
        assert problem.message.endswith(".")
        assert not any(jargon in problem.message for jargon in JARGON)
