"""From an HTTP request to what the pipeline takes: manifest, pictures and parameters, every fault at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from flask import Request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from features.errors import InputError, Problem
from features.manifest import Manifest
from features.manifest_schema import NotJson, load_json, manifest_to_dict, parse_manifest
from models.xray import Picture
from service.problems import Refusal
from service.schemas import MAX_NAME, ItemReference, ScreeningParameters, checked, single
from service.settings import Settings
from service.store.chain import canonical, sha256_text

MAX_PICTURES = 4
PICTURE_TYPES = frozenset(
    {"image/png", "image/jpeg", "image/jpg", "image/tiff", "image/x-tiff", "application/octet-stream"}
)
JSON_TYPES = frozenset({"application/json"})
MULTIPART = "multipart/form-data"
PARTS = frozenset({"manifest", "image", "view", *ScreeningParameters.model_fields})


@dataclass(frozen=True, slots=True)
class Intake:
    """What was asked: `manifest` None means the one on file for `item_id`."""

    item_id: str
    manifest: Manifest | None
    pictures: tuple[Picture, ...]
    parameters: ScreeningParameters

    @property
    def digest(self) -> str:
        """SHA-256 over all that could change the answer; the order of a manifest's fields and spaces do not count."""
        pictures = [[one.view, hashlib.sha256(one.data).hexdigest()] for one in self.pictures]
        manifest = manifest_to_dict(self.manifest) if self.manifest else None
        return sha256_text(canonical([self.item_id, manifest, pictures, self.parameters.model_dump()]))


class StationRequest(Request):
    """A request whose form is parsed strictly and in memory: parcels' data must not lie about in temporary files."""

    def make_form_data_parser(self) -> FormDataParser:
        """Return a parser that reports a broken form instead of an empty one."""
        return FormDataParser(
            stream_factory=_in_memory,
            max_form_memory_size=self.max_form_memory_size,
            max_content_length=self.max_content_length,
            max_form_parts=self.max_form_parts,
            cls=self.parameter_storage_class,
            silent=False,
        )


@dataclass(frozen=True, slots=True)
class Received:
    """A request that is here as a whole; its manifest is not looked into yet."""

    manifest: bytes
    pictures: tuple[Picture, ...]
    parameters: ScreeningParameters

    def understood(self) -> Intake:
        """Read the manifest.

        Raises:
            Refusal: 400 where it is not JSON, 422 where it is no manifest.
        """
        return intake_of(self.manifest, self.pictures, self.parameters)


def receive(request: Request, settings: Settings) -> Received:
    """Read the body of a screening request, which takes as long as the caller takes to send it.

    Raises:
        Refusal: 400, 413, 415 or 422.
    """
    if request.mimetype in JSON_TYPES:
        parameters = checked(ScreeningParameters, single(request.args.to_dict(flat=False)), "The query")
        return Received(read_body(request, settings.max_manifest_bytes), (), parameters)
    if request.mimetype == MULTIPART:
        return _multipart(request, settings)
    raise Refusal(
        "unsupported_media_type",
        f"Content-Type {request.mimetype or '(none)'!r} is not taken; send application/json or {MULTIPART}.",
    )


def read_body(request: Request, limit: int) -> bytes:
    """Return a body of at most `limit` bytes.

    Raises:
        Refusal: 400 where it broke off, 413 where it is over the limit; a body of unknown length is read one byte
            beyond that, never cut short in silence.
    """
    request.max_content_length = limit + 1
    try:
        data = request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise _too_large(limit) from error
    if len(data) > limit:
        raise _too_large(limit)
    if request.content_length is not None and len(data) < request.content_length:
        raise Refusal("bad_request", "The body broke off before it was whole.")
    return data


def _too_large(limit: int) -> Refusal:
    return Refusal("too_large", f"The body is over the limit of {limit:,} bytes.")


def _form_too_large(request: Request) -> Refusal:
    most, given = request.max_content_length or 0, request.content_length or 0
    if given > most:
        return _too_large(most)
    parts, memory = request.max_form_parts or 0, request.max_form_memory_size or 0
    text = f"The form is over a limit: {most:,} bytes in all, {parts} parts, {memory:,} bytes in what is no file."
    return Refusal("too_large", text)


def intake_of(data: bytes, pictures: Sequence[Picture], parameters: ScreeningParameters) -> Intake:
    """Read a manifest, or `{"item_id": ...}` alone.

    Raises:
        Refusal: 400 where it is not JSON, 422 where it is no manifest.
    """
    try:
        raw = load_json(data)
        if isinstance(raw, dict) and set(raw) == {"item_id"}:
            reference = checked(ItemReference, raw, "The manifest")
            return Intake(reference.item_id, None, tuple(pictures), parameters)
        manifest = parse_manifest(raw)
    except NotJson as error:
        raise Refusal("not_json", error.message, error.problems) from error
    except InputError as error:
        raise Refusal("invalid", error.message, error.problems) from error
    return Intake(manifest.item_id, manifest, tuple(pictures), parameters)


def _multipart(request: Request, settings: Settings) -> Received:
    if not request.mimetype_params.get("boundary"):
        raise Refusal("bad_request", "The Content-Type of a multipart form must name its boundary.")
    try:
        form, files = request.form, request.files
    except RequestEntityTooLarge as error:
        raise _form_too_large(request) from error
    except ValueError as error:
        text = (
            "The multipart form is broken: it ends early, or the boundary that Content-Type names does not divide it."
        )
        raise Refusal("bad_request", text) from error
    faults = [*_unknown_parts([*form, *files]), *_picture_faults(files.getlist("image"), form.getlist("view"))]
    if "image" in form:
        faults.append(Problem("image", "wrong_type", "Send the picture as a file part, with a file name."))
    data = _manifest_bytes(form.getlist("manifest"), files.getlist("manifest"), faults)
    if faults:
        raise Refusal("invalid", "The form cannot be used.", faults)
    _check_types(files.getlist("image"))
    if len(data) > settings.max_manifest_bytes:
        raise Refusal("too_large", f"The manifest has {len(data):,} bytes; at most {settings.max_manifest_bytes:,}.")
    return Received(data, _pictures(files.getlist("image"), form.getlist("view")), _parameters(request, form))


def _parameters(request: Request, form: Any) -> ScreeningParameters:
    own = {name: form.getlist(name) for name in ScreeningParameters.model_fields if name in form}
    in_form, in_query = single(own), single(request.args.to_dict(flat=False))
    differ = [name for name in in_form.keys() & in_query.keys() if in_form[name] != in_query[name]]
    if differ:
        faults = [Problem(name, "given_twice", "The form and the query disagree; give it once.") for name in differ]
        raise Refusal("invalid", "A parameter is given twice.", faults)
    return checked(ScreeningParameters, {**in_query, **in_form}, "The parameters")


def _unknown_parts(names: Sequence[str]) -> list[Problem]:
    allowed = ", ".join(sorted(PARTS))
    unknown = sorted(set(names) - PARTS)
    return [Problem(name[:MAX_NAME], "unknown_part", f"No such part; a form may have {allowed}.") for name in unknown]


def _picture_faults(images: Sequence[FileStorage], views: Sequence[str]) -> list[Problem]:
    faults = []
    if len(images) > MAX_PICTURES:
        text = f"{len(images)} images were sent; a parcel may have at most {MAX_PICTURES}."
        faults.append(Problem(f"image[{MAX_PICTURES}]", "too_many", text))
    if len(views) > len(images):
        text = f"More views were named ({len(views)}) than images sent ({len(images)}); the first names the first."
        faults.append(Problem(f"view[{len(images)}]", "too_many", text))
    for number, view in enumerate(views):
        if len(view) > MAX_NAME or not view.isprintable():
            text = f"A view's name has at most {MAX_NAME} printable characters."
            faults.append(Problem(f"view[{number}]", "bad_text", text))
    return faults


def _manifest_bytes(fields: Sequence[str], files: Sequence[FileStorage], faults: list[Problem]) -> bytes:
    count = len(fields) + len(files)
    if count != 1:
        text = "A form needs one part `manifest` (JSON)." if count == 0 else "Send one manifest; several were sent."
        faults.append(Problem("manifest", "missing" if count == 0 else "given_twice", text))
        return b""
    return fields[0].encode("utf-8") if fields else files[0].read()


def _check_types(images: Sequence[FileStorage]) -> None:
    faults = [
        Problem(f"image[{number}]", "unsupported_media_type", f"Content-Type {image.mimetype!r} is no picture we read.")
        for number, image in enumerate(images)
        if image.mimetype and image.mimetype not in PICTURE_TYPES
    ]
    if faults:
        text = f"A picture is not of a type that is read; send one of {', '.join(sorted(PICTURE_TYPES))}."
        raise Refusal("unsupported_media_type", text, faults)


def _pictures(images: Sequence[FileStorage], views: Sequence[str]) -> tuple[Picture, ...]:
    names = [*(view or None for view in views), *[None] * (len(images) - len(views))]
    return tuple(Picture(image.read(), view) for image, view in zip(images, names, strict=True))


def _in_memory(
    total_content_length: int | None,
    content_type: str | None,
    filename: str | None,
    content_length: int | None = None,
) -> IO[bytes]:
    return BytesIO()
