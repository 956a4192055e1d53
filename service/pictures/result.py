"""The result for one picture, out of JSON: as a picture process answers it, and as it stands in a stored answer."""

from __future__ import annotations

from typing import Final

from pydantic import TypeAdapter

from models.results import ImageResult

RESULT: Final[TypeAdapter[ImageResult]] = TypeAdapter(ImageResult)
