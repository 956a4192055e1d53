"""Detectors that do to a picture process what a bad picture may do to a decoder."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from xray_pictures import PARAMETERS, PlantedEngine

from models.results import ImageResult
from models.scanner_profile import ScannerProfile
from models.xray import Picture, PictureLimits, XrayModel

KILLS, HANGS, BREAKS, KILLS_ONCE = b"kills", b"hangs", b"breaks", b"kills once "


class Breaking(XrayModel):
    """Judges like the planted model, but some pictures are orders."""

    def __init__(self, title: str = "breaking-1.0.0") -> None:
        super().__init__(title, PlantedEngine(), PARAMETERS)

    def __reduce__(self) -> tuple[object, ...]:
        """Planted engines hold functions, which no other process can be sent."""
        return Breaking, (self.title,)

    def assess_one(self, picture: Picture, limits: PictureLimits, profile: ScannerProfile | None) -> ImageResult:
        if picture.data == KILLS:
            os.kill(os.getpid(), signal.SIGKILL)
        if picture.data == HANGS:
            time.sleep(600)
        if picture.data == BREAKS:
            raise RuntimeError("told to break")
        if picture.data.startswith(KILLS_ONCE):
            mark = Path(os.fsdecode(picture.data.removeprefix(KILLS_ONCE)))
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return super().assess_one(picture, limits, profile)
