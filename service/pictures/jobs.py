"""What a worker sends to a picture process. Nothing of the service is imported here: it would only cost the start."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from models.drawing import draw
from models.results import ImageResult
from models.scanner_profile import ScannerProfile
from models.xray import Picture, PictureLimits, XrayModel, assess_one_without_model

ModelKey = tuple[str, str, str]
"""Title, SHA-256 of the card, and engine: one detector of a worker."""
Models = dict[ModelKey, XrayModel]


def key_of(model: XrayModel) -> ModelKey:
    """Return by what a picture process tells a detector from others."""
    return model.title, model.digest, model.engine.name


@dataclass(frozen=True, slots=True)
class Learn:
    """Keep a detector for the jobs to come, and let go of another one. It is not answered."""

    model: XrayModel
    forget: ModelKey | None


@dataclass(frozen=True, slots=True)
class Judge:
    """Judge one picture; without a detector where `model` is None."""

    model: ModelKey | None
    picture: Picture
    limits: PictureLimits
    profile: ScannerProfile | None

    def answer(self, models: Models) -> bytes:
        """Return the `ImageResult` as JSON."""
        if self.model is None:
            found = assess_one_without_model(self.picture, self.limits)
        else:
            found = models[self.model].assess_one(self.picture, self.limits, self.profile)
        return json.dumps(asdict(found)).encode()


@dataclass(frozen=True, slots=True)
class Draw:
    """Draw a picture with what was found in it."""

    data: bytes
    result: ImageResult
    limits: PictureLimits

    def answer(self, models: Models) -> bytes:
        """Return the drawing as PNG."""
        return draw(self.data, self.result, self.limits)
