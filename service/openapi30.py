"""The same interface as OpenAPI 3.0.3, for the page at /docs: its Swagger UI (4.x) does not know 3.1 yet."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
NULL = {"type": "null"}
DROPPED = frozenset({"$comment", "propertyNames", "patternProperties", "dependentRequired", "identifier"})


def downgraded(document: Json) -> Json:
    """Return a 3.0.3 document of the same meaning, as far as 3.0 can say it."""
    changed = _walk(document)
    changed["openapi"] = "3.0.3"
    assert isinstance(changed, dict)  # noqa: S101 - an object stays one
    return changed


def _walk(value: Any) -> Any:
    if isinstance(value, list):
        return [_walk(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    changed = {key: _walk(inner) for key, inner in value.items() if key not in DROPPED}
    for step in (_nullable, _const, _prefix_items, _examples, _exclusive):
        changed = step(changed)
    return changed


def _nullable(schema: Json) -> Json:
    if isinstance(schema.get("type"), list):
        names = [name for name in schema["type"] if name != "null"]
        schema = {**schema, "anyOf": [{"type": name} for name in names], "nullable": "null" in schema["type"]}
        del schema["type"]
    if NULL not in schema.get("anyOf", []):
        return schema
    branches = [branch for branch in schema["anyOf"] if branch != NULL]
    rest = {key: inner for key, inner in schema.items() if key != "anyOf"}
    if len(branches) == 1 and "$ref" not in branches[0]:
        return {**rest, **branches[0], "nullable": True}
    return {**rest, ("allOf" if len(branches) == 1 else "anyOf"): branches, "nullable": True}


def _const(schema: Json) -> Json:
    if "const" not in schema:
        return schema
    return {**{key: inner for key, inner in schema.items() if key != "const"}, "enum": [schema["const"]]}


def _prefix_items(schema: Json) -> Json:
    if not isinstance(schema.get("prefixItems"), list):
        return schema
    rest = {key: inner for key, inner in schema.items() if key != "prefixItems"}
    return {**rest, "items": schema["prefixItems"][0]}


def _examples(schema: Json) -> Json:
    if not isinstance(schema.get("examples"), list):
        return schema
    rest = {key: inner for key, inner in schema.items() if key != "examples"}
    return {**rest, "example": schema["examples"][0]} if schema["examples"] else rest


def _exclusive(schema: Json) -> Json:
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        limit = schema.get(exclusive)
        if isinstance(limit, int | float) and not isinstance(limit, bool):
            schema = {**schema, bound: limit, exclusive: True}
    return schema
