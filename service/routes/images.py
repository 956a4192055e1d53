"""`GET /v1/screenings/{id}/images/{n}`: the picture with its regions drawn in, or as it was sent."""

from __future__ import annotations

import json
import time
from typing import Any

from flask import Flask, Response, request

from models.results import ImageResult
from service.context import service, tools
from service.pictures.result import RESULT
from service.problems import Refusal
from service.routes.screenings import existing, noted
from service.schemas import ImageParameters, checked, single
from service.store import screenings
from service.store.pictures import StoredPicture


def add_routes(app: Flask) -> None:
    """Add the route of this module."""
    app.add_url_rule("/v1/screenings/<screening_id>/images/<int:n>", "images.get", get)


def get(screening_id: str, n: int) -> Response:
    """Return picture `n`, counted from 0."""
    asked = checked(ImageParameters, single(request.args.to_dict(flat=False)), "The query")
    return picture_response(screening_id, n, raw=asked.raw == "1")


def picture_response(screening_id: str, n: int, *, raw: bool) -> Response:
    """Return one picture as a response, and note who saw it.

    Raises:
        Refusal: 404 where there is no such screening or picture, 503 where too many pictures are drawn already.
    """
    picture, result = _find(screening_id, n)
    pictures = service().store.pictures
    if raw:
        response = Response(pictures.read(picture.sha256), content_type=picture.media_type)
    else:
        with service().admission.drawings.slot(time.perf_counter() + service().settings.deadline_seconds):
            # A picture that cannot be read is drawn as a placard that says why.
            drawn = tools().reading.drawn(pictures.read(picture.sha256), result, tools().limits)
        response = Response(drawn, content_type="image/png")
    kind = "sent" if raw else "annotated"
    response.headers["Content-Disposition"] = f'inline; filename="{screening_id}-{n}-{kind}"'
    # A picture from outside must not run anything, whatever a browser takes it for.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _how_many(count: int) -> str:
    if count == 0:
        return "The screening has no image."
    return "The screening has one image, number 0." if count == 1 else f"The screening has images 0 to {count - 1}."


def _find(screening_id: str, n: int) -> tuple[StoredPicture, ImageResult]:
    with service().store.reading() as connection:
        found = existing(connection, screening_id)
        pictures = screenings.pictures_of(connection, screening_id)
    if n >= len(pictures):
        raise Refusal("image_not_found", _how_many(len(pictures)))
    noted("picture.read", screening_id)
    images: list[dict[str, Any]] = json.loads(found.answer)["xray"]["images"]
    return pictures[n], RESULT.validate_python(images[n])
