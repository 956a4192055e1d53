"""A small labelled set: bars of metal in cartons, so plain that a few steps of training learn them."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from features.palettes import PALETTES, colourise


def labelled_picture(seed: int, armed: bool) -> tuple[NDArray[np.uint8], tuple[int, int, int, int] | None]:
    """A carton of blobs, with a hollow metal bar where `armed`."""
    rng = np.random.default_rng(seed)
    attenuation = np.zeros((224, 256), np.float32)
    material = np.full((224, 256), 0.5, np.float32)
    blobs = cv2.GaussianBlur(rng.random((184, 216)).astype(np.float32), (0, 0), 9)
    attenuation[20:204, 20:236] = 0.3 + np.maximum(blobs - 0.5, 0) * 12
    material[20:204, 20:236] = 0.1
    box = None
    if armed:
        x, y = int(rng.integers(30, 140)), int(rng.integers(30, 150))
        attenuation[y : y + 34, x : x + 70] += 2.5
        attenuation[y + 12 : y + 22, x + 8 : x + 62] -= 1.5
        material[y : y + 34, x : x + 70] = 1.0
        box = (x, y, 70, 34)
    return colourise(attenuation, material, PALETTES["classic"]), box


def write_coco(folder: Path, pictures: int, *, category: str = "slide", armed_every: int = 2) -> tuple[Path, Path]:
    """Write a COCO set; returns the annotations and the folder of pictures."""
    images = folder / "images"
    images.mkdir(parents=True)
    listed, boxes = [], []
    for number in range(pictures):
        page, box = labelled_picture(number, armed=number % armed_every == 0)
        name = f"{number:04}.png"
        cv2.imwrite(str(images / name), page)
        listed.append({"id": number, "file_name": name, "width": 256, "height": 224, "bag": f"bag-{number // 2}",
                       "set": "even" if number % 2 == 0 else "odd"})  # fmt: skip
        if box is not None:
            boxes.append({"id": number, "image_id": number, "category_id": 1, "bbox": list(box), "iscrowd": 0})
    annotations = folder / "annotations.json"
    content = {"images": listed, "annotations": boxes, "categories": [{"id": 1, "name": category}]}
    annotations.write_text(json.dumps(content), encoding="utf-8")
    return annotations, images
