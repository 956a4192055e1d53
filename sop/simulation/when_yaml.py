"""Conditions as the author writes them: a `when` in YAML, to be pasted into a policy."""

from __future__ import annotations

from typing import Any

import yaml

from sop.signals import PART_PREFIX
from sop.types import AnyOf, BeginsWith, Condition, Like, OneOf, When, Within

WIDTH = 110


class _Dumper(yaml.SafeDumper):
    """Writes numbers without an exponent, as authors do."""


def _float(dumper: yaml.SafeDumper, value: float) -> yaml.ScalarNode:
    whole, _, rest = f"{value:.17f}".partition(".")
    text = repr(value) if "e" not in repr(value) else f"{whole}.{rest.rstrip('0') or '0'}"
    return dumper.represent_scalar("tag:yaml.org,2002:float", text)


_Dumper.add_representer(float, _float)


def when_yaml(when: When) -> str:
    """Return `when: {...}`, which the loader reads back as the same conditions."""
    text = yaml.dump(_plain(when), Dumper=_Dumper, default_flow_style=True, sort_keys=False, width=10**6)
    return f"when: {text.strip()}"


def _plain(when: When) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for condition in when:
        _add(found, condition)
    return found


def _add(found: dict[str, Any], condition: Condition) -> None:
    match condition:
        case OneOf("xray_assessment", values):
            found.setdefault("xray", {})["assessment"] = _one_or_many(values)
        case OneOf(signal, values, lists) | BeginsWith(signal, values, lists):
            found[signal] = _codes(values, tuple(one.name for one in lists))
        case Like(signal, patterns):
            found[signal] = _one_or_many(patterns)
        case Within(signal) if signal.startswith(PART_PREFIX):
            found.setdefault("part", {})[signal.removeprefix(PART_PREFIX)] = _bounds(condition)
        case Within(signal):
            found.setdefault(signal, {}).update(_bounds(condition))
        case AnyOf(alternatives):
            found["any"] = [_plain(one) for one in alternatives]


def _codes(values: tuple[str, ...], lists: tuple[str, ...]) -> Any:
    if not lists:
        return _one_or_many(values)
    named = {"list": _one_or_many(lists)}
    return {"codes": list(values), **named} if values else named


def _one_or_many(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def _bounds(within: Within) -> dict[str, float]:
    pairs = (("at_least", within.at_least), ("below", within.below))
    return {name: value for name, value in pairs if value is not None}
