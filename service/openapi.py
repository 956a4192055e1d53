"""The OpenAPI 3.1 document, made from the types that validate requests and describe answers."""

from __future__ import annotations

import functools
from typing import Any

from pydantic import TypeAdapter

from features.manifest_schema import manifest_json_schema
from features.version import __version__
from service import openapi_sop, schemas
from service.intake import PICTURE_TYPES
from service.openapi_parts import LOADED, REF, Json, json_of, operation, operation_id, parameters_schema, query_of
from service.routes.batch import MEDIA_TYPE as NDJSON
from service.scoring import Score

CREATE_REFUSALS = (
    "bad_request", "not_json", "item_not_on_file", "idempotency_conflict", "too_large",
    "unsupported_media_type", "invalid", "other_station", *LOADED,
)  # fmt: skip
NO_SCREENING = ("screening_not_found", "erased", "purged")


@functools.cache
def document() -> Json:
    """Return the whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parcel screening",
            "version": __version__,
            "description": "A parcel's manifest and X-ray pictures in; a lane with its reasons out.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in ("screenings", "findings", "about", "operation")],
        "paths": _paths(),
        "components": {"schemas": _schemas(), "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }


def _paths() -> Json:
    screening = "/v1/screenings/{screening_id}"
    return {
        "/v1/screenings": {"post": _create(), "get": _find()},
        "/v1/screenings:batch": {"post": _batch()},
        "/v1/scores": {"post": _score()},
        screening: {"parameters": [_SCREENING_ID], "get": _get()},
        f"{screening}/images/{{n}}": {"parameters": [_SCREENING_ID, _N], "get": _image()},
        f"{screening}/finding": {"parameters": [_SCREENING_ID], "post": _finding()},
        f"{screening}/findings": {"parameters": [_SCREENING_ID], "get": _findings()},
        "/v1/access": {"get": _access()},
        **openapi_sop.paths(),
        "/v1/models": {"get": _about("about.models", "The cards of the loaded models", _MODELS)},
        "/healthz": {"get": _health("health.live", "Whether the process answers", {"200": "It does."})},
        "/readyz": {
            "get": _health(
                "health.ready",
                "Whether screenings can be made",
                {
                    "200": "They can; `status` is ok or degraded.",
                    "503": "They cannot; `checks` says why, or `status` is draining: the service stops soon.",
                },
            )
        },
        "/metrics": {"get": _metrics()},
    }


_SCREENING_ID = {"name": "screening_id", "in": "path", "required": True, "schema": {"type": "string"}}
_N = {
    "name": "n",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 0},
    "description": "Counted from 0 in the order sent.",
}
_MODELS = {
    "type": "object",
    "required": ["models", "scanners", "warnings"],
    "properties": {
        "models": {"type": "array", "items": {"type": "object"}},
        "scanners": {"type": "array", "items": {"type": "object"}, "description": "The scanners' profiles."},
        "warnings": {"type": "array", "items": {"$ref": REF.format(model="Notice")}},
    },
}


def _create() -> Json:
    manifest = {"anyOf": [{"$ref": REF.format(model=name)} for name in ("Manifest", "ItemReference")]}
    form = {
        "type": "object",
        "required": ["manifest"],
        "additionalProperties": False,
        "properties": {
            "manifest": manifest,
            "image": {"type": "array", "maxItems": 4, "items": {"type": "string", "format": "binary"}},
            "view": {"type": "array", "maxItems": 4, "items": {"type": "string"}, "description": "Names the images."},
            **parameters_schema(schemas.ScreeningParameters)["properties"],
        },
    }
    encoding = {
        "manifest": {"contentType": "application/json"},
        "image": {"contentType": ", ".join(sorted(PICTURE_TYPES))},
    }
    return operation(
        "screenings.create",
        "Screen one parcel",
        "screenings",
        {"201": json_of("The answer; it is on disk.", "Answer", _CREATED_HEADERS)},
        CREATE_REFUSALS,
        parameters=[*query_of(schemas.ScreeningParameters), _IDEMPOTENCY_KEY],
        requestBody={
            "required": True,
            "content": {
                "application/json": {"schema": manifest},
                "multipart/form-data": {"schema": form, "encoding": encoding},
            },
        },
    )


_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[\\x21-\\x7e]+( [\\x21-\\x7e]+)*$"},
    "description": "The same key and request give the same stored answer; another request with it is refused (409).",
}
_CREATED_HEADERS = {
    "Location": {"schema": {"type": "string"}, "description": "Where the answer can be read again."},
    "Idempotency-Replayed": {"schema": {"const": "true"}, "description": "Set where an earlier answer is repeated."},
}


def _batch() -> Json:
    lines = {
        "type": "string",
        "description": "One JSON object a line, in the order sent: `line`, `status` and the answer, or the problem.",
    }
    return operation(
        "screenings.batch",
        "Screen many manifests, one a line; one line's error does not stop the rest",
        "screenings",
        {"200": {"description": "One line for each line sent.", "content": {NDJSON: {"schema": lines}}}},
        ("bad_request", "unsupported_media_type", "invalid", "other_station", "overloaded"),
        parameters=[*query_of(schemas.ScreeningParameters), _IDEMPOTENCY_KEY],
        requestBody={
            "required": True,
            "content": {NDJSON: {"schema": {"type": "string", "description": "One manifest a line."}}},
        },
    )


def _score() -> Json:
    return operation(
        "scores.create",
        "Score a manifest; this is not a screening: no lane, no reasons, no record",
        "screenings",
        {"200": json_of("The score.", "Score")},
        ("not_json", "too_large", "unsupported_media_type", "invalid", "no_risk_model", *LOADED),
        parameters=query_of(schemas.ScoreParameters),
        requestBody={
            "required": True,
            "content": {"application/json": {"schema": {"$ref": REF.format(model="Manifest")}}},
        },
    )


def _get() -> Json:
    answer = {"200": json_of("The answer, byte for byte as it was sent.", "Answer")}
    return operation("screenings.get", "Read one answer", "screenings", answer, NO_SCREENING)


def _find() -> Json:
    return operation(
        "screenings.find",
        "List answers, newest first",
        "screenings",
        {"200": json_of("One page.", "Page")},
        ("invalid",),
        parameters=query_of(schemas.ListParameters),
    )


def _image() -> Json:
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = dict.fromkeys(("image/png", "image/jpeg", "image/tiff", "application/octet-stream"), binary)
    return operation(
        "images.get",
        "Read one picture, with its regions drawn in or as it was sent",
        "screenings",
        {"200": {"description": "The picture; annotated ones are PNG.", "content": content}},
        (*NO_SCREENING, "image_not_found", "invalid", *LOADED),
        parameters=query_of(schemas.ImageParameters),
    )


def _finding() -> Json:
    body = {"application/json": {"schema": {"$ref": REF.format(model="FindingBody")}}}
    return operation(
        "findings.create",
        "Record what the officer found, or an override with its reason",
        "findings",
        {"201": json_of("The finding; it is on disk.", "FindingAnswer")},
        (
            "not_json",
            *NO_SCREENING,
            "too_large",
            "unsupported_media_type",
            "invalid",
            "overloaded",
        ),
        requestBody={"required": True, "content": body},
    )


def _findings() -> Json:
    found = {"200": json_of("All findings, oldest first.", "Findings")}
    return operation(
        "findings.find",
        "Read a screening's findings",
        "findings",
        found,
        (*NO_SCREENING,),
    )


def _about(endpoint: str, summary: str, schema: Json) -> Json:
    done = {"200": {"description": summary, "content": {"application/json": {"schema": schema}}}}
    return operation(endpoint, summary, "about", done, ())


def _metrics() -> Json:
    content = {"text/plain": {"schema": {"type": "string"}}}
    done = {"200": {"description": "Prometheus' text format.", "content": content}}
    return operation("metrics.get", "Figures for Prometheus", "operation", done, ())


def _health(endpoint: str, summary: str, answers: dict[str, str]) -> Json:
    content = {"application/json": {"schema": {"type": "object", "required": ["status"]}}}
    responses = {status: {"description": text, "content": content} for status, text in answers.items()}
    return {"operationId": operation_id(endpoint), "summary": summary, "tags": ["operation"], "responses": responses}


def _access() -> Json:
    return operation(
        "access.find",
        "Who read or changed what, newest first",
        "operation",
        {"200": json_of("One page.", "AccessPage")},
        ("invalid",),
        parameters=query_of(schemas.AccessParameters),
    )


def _schemas() -> Json:
    found: Json = {}
    for one in (
        *openapi_sop.TYPES,
        schemas.Answer,
        schemas.Page,
        schemas.AccessPage,
        Score,
        schemas.FindingAnswer,
        schemas.Findings,
        schemas.ProblemAnswer,
    ):
        _add(found, one.__name__, TypeAdapter(one).json_schema(ref_template=REF, mode="serialization"))
    for body in (*openapi_sop.BODIES, schemas.FindingBody, schemas.ItemReference):
        _add(found, body.__name__, body.model_json_schema(ref_template=REF))
    manifest = _renamed(manifest_json_schema(), "Manifest")
    _add(found, "Manifest", manifest)
    return dict(sorted(found.items()))


def _add(found: Json, name: str, schema: Json) -> None:
    for part, definition in schema.pop("$defs", {}).items():
        if found.setdefault(part, definition) != definition:
            raise ValueError(f"two different schemas are named {part}")
    found[name] = schema


def _renamed(schema: Json, prefix: str) -> Json:
    """Move a schema's own `#/$defs/X` to `#/components/schemas/PrefixX`, so that names of two documents cannot meet."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: _moved(inner, prefix) if key == "$ref" else walk(inner) for key, inner in value.items()}
        return [walk(inner) for inner in value] if isinstance(value, list) else value

    moved: Json = walk(schema)
    moved["$defs"] = {f"{prefix}{name}": definition for name, definition in moved.get("$defs", {}).items()}
    return moved


def _moved(reference: str, prefix: str) -> str:
    return REF.format(model=prefix + reference.removeprefix("#/$defs/"))
