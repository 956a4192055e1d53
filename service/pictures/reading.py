"""What the service asks of whoever reads its pictures, and the reader that works in this process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from models.drawing import draw
from models.results import ImageResult, XrayResult
from models.scanner_profile import ScannerProfile
from models.xray import Picture, PictureLimits, XrayModel, assess_without_model


class Reading(Protocol):
    """Reads pictures; safe to call from several threads."""

    def judged(
        self,
        model: XrayModel | None,
        pictures: Sequence[Picture],
        limits: PictureLimits,
        profile: ScannerProfile | None,
    ) -> XrayResult:
        """Judge the pictures of one parcel, as `XrayModel.assess` does; without a model as `assess_without_model`.

        Raises:
            ValueError: The profile does not hold for the model.
        """
        ...

    def drawn(self, data: bytes, result: ImageResult, limits: PictureLimits) -> bytes:
        """Return a picture with what was found in it, as PNG; see `models.drawing.draw`."""
        ...


class ReadHere:
    """Reads in this process and thread: for commands, which have nobody to keep waiting."""

    def judged(
        self,
        model: XrayModel | None,
        pictures: Sequence[Picture],
        limits: PictureLimits,
        profile: ScannerProfile | None,
    ) -> XrayResult:
        """See Reading.judged."""
        return model.assess(pictures, limits, profile) if model else assess_without_model(pictures, limits)

    def drawn(self, data: bytes, result: ImageResult, limits: PictureLimits) -> bytes:
        """See Reading.drawn."""
        return draw(data, result, limits)
