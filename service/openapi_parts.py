"""What every description of a route in the OpenAPI document is made of."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from service.permissions import DECISIONS, Keys
from service.problems import KINDS, MEDIA_TYPE

Json = dict[str, Any]
REF = "#/components/schemas/{model}"
PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": REF.format(model="ProblemAnswer")}}}
EVERY_KEY_ROUTE = ("unauthenticated", "forbidden", "rate_limited", "internal", "store_unavailable", "overloaded")
LOADED = ("overloaded", "deadline")
"""Of routes that wait for a slot."""


def operation(endpoint: str, summary: str, tag: str, done: Json, refusals: tuple[str, ...], **more: Any) -> Json:
    """Return one operation with the refusals that every route with a key may give besides its own."""
    decision = DECISIONS[endpoint]
    roles = ", ".join(sorted(decision.roles)) if isinstance(decision, Keys) else "nobody"
    return {
        "operationId": operation_id(endpoint),
        "summary": summary,
        "description": f"Roles: {roles}.",
        "tags": [tag],
        "security": [{"key": []}],
        **more,
        "responses": {**done, **_refusals((*refusals, *EVERY_KEY_ROUTE))},
    }


def operation_id(endpoint: str) -> str:
    """Return the name of an operation."""
    return endpoint.replace(".", "_")


def _refusals(codes: tuple[str, ...]) -> Json:
    by_status: dict[str, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(str(KINDS[code].status), []).append(code)
    return {
        status: {"description": "; ".join(f"{code}: {KINDS[code].title}" for code in sorted(found)), "content": PROBLEM}
        for status, found in sorted(by_status.items())
    }


def json_of(description: str, name: str, headers: Json | None = None) -> Json:
    """Return an answer in JSON of a schema that is called `name`."""
    content = {"application/json": {"schema": {"$ref": REF.format(model=name)}}}
    return {"description": description, "content": content, **({"headers": headers} if headers else {})}


def query_of(model: type[BaseModel]) -> list[Json]:
    """Return the query parameters that a model holds."""
    properties = parameters_schema(model)["properties"]
    return [
        {"name": name, "in": "query", "schema": schema, "description": schema.get("description", "")}
        for name, schema in properties.items()
    ]


def parameters_schema(model: type[BaseModel]) -> Json:
    """Return the schema of parameters: none can be null as a field of JSON can."""
    schema = model.model_json_schema(ref_template=REF)
    for one in schema["properties"].values():
        # A parameter that is not given is left out.
        branches = [branch for branch in one.pop("anyOf", []) if branch != {"type": "null"}]
        one.update(branches[0] if len(branches) == 1 else {})
        if one.get("default", ...) is None:
            del one["default"]
        one.pop("title", None)
    return schema
