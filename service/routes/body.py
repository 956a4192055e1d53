"""The JSON body of a request that is no screening."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from flask import request
from pydantic import BaseModel

from features.errors import InputError
from features.manifest_schema import NotJson, load_json
from service.context import Service, service
from service.front.environ import IS_HERE
from service.intake import JSON_TYPES, read_body
from service.problems import Refusal
from service.schemas import checked

Model = TypeVar("Model", bound=BaseModel)


def place(parts: Service) -> AbstractContextManager[None]:
    """Return the place of a request whose body is waited for; one that is here as a whole needs none.

    Raises:
        Refusal: 503 where too many bodies are on their way.
    """
    return nullcontext() if request.environ.get(IS_HERE) else parts.admission.bodies.slot()


def memory(parts: Service) -> AbstractContextManager[None]:
    """Return the memory for a screening's body; one that is here as a whole is short.

    Raises:
        Refusal: 503 where others hold too much.
    """
    if request.environ.get(IS_HERE):
        return nullcontext()
    is_json, announced = request.mimetype in JSON_TYPES, request.content_length
    most = parts.settings.max_manifest_bytes if is_json else parts.settings.max_body_bytes
    return parts.admission.body_memory.held(most if announced is None else min(announced, most))


def json_body(model: type[Model], what: str) -> Model:
    """Return the body as a model.

    Args:
        model: What it must be.
        what: Names it in messages.

    Raises:
        Refusal: It is not declared as JSON, no JSON, too large, or not what it must be, with every problem; or too many
            bodies are on their way.
    """
    if request.mimetype != "application/json":
        raise Refusal("unsupported_media_type", "Send application/json.")
    parts = service()
    with place(parts):
        data = read_body(request, parts.settings.max_manifest_bytes)
    try:
        raw = load_json(data)
    except NotJson as error:
        raise Refusal("not_json", error.message, error.problems) from error
    except InputError as error:
        raise Refusal("invalid", error.message, error.problems) from error
    return checked(model, raw, what)
