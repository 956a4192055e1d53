"""Pictures as scanners send them, small and made on the spot, and a network whose answers are planted."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray

from features.palettes import PALETTES, colourise
from features.xray_header import Header
from features.xray_read import Decoded
from models.xray import XrayModel
from models.xray_parameters import Parameters

AIR16 = 60000.0


def attenuation_and_material() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A carton of 240 x 180 px with an organic block and a steel bar in 320 x 256 px of air."""
    attenuation = np.zeros((256, 320), np.float32)
    material = np.full((256, 320), 0.5, np.float32)
    attenuation[40:220, 40:280] = 0.25
    attenuation[60:150, 60:150] = 1.2
    material[60:150, 60:150] = 0.0
    attenuation[170:195, 80:240] = 3.0
    material[170:195, 80:240] = 1.0
    return attenuation, material


def dual_pages() -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """The same parcel as low-energy and high-energy signal; the ratios are those of paper and steel."""
    attenuation, material = attenuation_and_material()
    ratio = np.where(material == 1.0, 1.5, 1.22)
    high = attenuation * 2 / (1 + ratio)
    low = high * ratio
    return tuple((AIR16 * np.exp(-page)).astype(np.uint16) for page in (low, high))  # type: ignore[return-value]


def grey8(strength: float = 1.0) -> NDArray[np.uint8]:
    attenuation, _ = attenuation_and_material()
    return (250 * np.exp(-attenuation * strength)).astype(np.uint8)


def colour(palette: str = "classic") -> NDArray[np.uint8]:
    return colourise(*attenuation_and_material(), PALETTES[palette])


def png(pixels: NDArray[np.generic]) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


def jpeg(pixels: NDArray[np.generic], quality: int = 90) -> bytes:
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def tiff(*pages: NDArray[np.generic], compression: str | None = "zlib") -> bytes:
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        for page in pages:
            photometric = "rgb" if page.ndim == 3 else "minisblack"
            writer.write(page, photometric=photometric, compression=compression, metadata=None)
    return stream.getvalue()


def decoded(*pages: NDArray[np.generic]) -> Decoded:
    height, width = pages[0].shape[:2]
    return Decoded(Header("png", width, height, len(pages)), pages)


class PlantedEngine:
    """A fake network, because a real one answers what it likes: a peak wherever the material plane is metal.

    The score of every cell is the mean of the material plane over it; boxes reach one and a half cells to each side.
    """

    name = "onnxruntime"

    def __init__(self, gain: float = 1.0, fails_on: Callable[[NDArray[np.float32]], bool] = lambda _: False) -> None:
        self.gain, self.fails_on = gain, fails_on
        self.shapes: list[tuple[int, ...]] = []

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        self.shapes.append(batch.shape)
        if self.fails_on(batch):
            raise RuntimeError("planted failure")
        _, _, height, width = batch.shape
        metal = cv2.resize(batch[0, 2], (width // 8, height // 8), interpolation=cv2.INTER_AREA)
        heads = np.zeros((1, 1 + 2 + 4, height // 8, width // 8), np.float32)
        heads[0, 0] = (metal - 0.75) * 20 * self.gain - (0.0 if self.gain == 1.0 else 10.0)
        heads[0, 1], heads[0, 2] = 1.0, 3.0
        heads[0, 3:] = np.log(1.5)
        return heads


PARAMETERS = Parameters(
    parts=("barrel", "slide"),
    threshold=0.5,
    least_region=0.05,
    ratio_scores=(0.1, 0.5, 0.9),
    ratio_values=(-2.0, 0.0, 3.0),
)


def planted_model(engine: PlantedEngine | None = None) -> XrayModel:
    return XrayModel("planted-1.0.0", engine or PlantedEngine(), PARAMETERS)
