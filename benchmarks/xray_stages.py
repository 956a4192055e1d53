"""Milliseconds of each stage from bytes to regions, and onnxruntime against OpenCV's DNN module on the same network.

python -m benchmarks.xray_stages [--rounds 20] [--xray-model DIR]
Run it on an idle machine; the figures are medians of one process on one core.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import cv2

from features.xray_checks import check_is_xray
from features.xray_image import canonical
from features.xray_look import shares, shields
from features.xray_read import PictureLimits, read_picture
from models.bundle import locate, open_bundle
from models.drawing import draw
from models.xray import Picture, XrayModel
from models.xray_heads import decode, find, windows
from training.phantom.export import export
from training.phantom.scene import make_scene

SIZES = {"640 x 640": 640, "1 megapixel": 1024}


def median_ms(work: Callable[[], object], rounds: int) -> float:
    """Return the median time of one call in milliseconds, after one call to warm up."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def stages(model: XrayModel, other: XrayModel, size: int, rounds: int) -> dict[str, float]:
    """Return the stages of one pseudo-colour JPEG of `size` pixels a side."""
    data = export(make_scene(3, size=size, firearm=True, density="medium"), "colour-jpeg:classic").data
    decoded = read_picture(data, PictureLimits())
    image = canonical(decoded)
    batches = list(windows(image))
    answers = [model.engine.run(window.batch)[0] for window in batches]
    result = model.assess([Picture(data)]).images[0]
    return {
        "read the file": median_ms(lambda: read_picture(data, PictureLimits()), rounds),
        "canonical planes": median_ms(lambda: canonical(decoded), rounds),
        "is it an X-ray": median_ms(lambda: check_is_xray(decoded, image), rounds),
        "shares and shields": median_ms(lambda: (shares(image), shields(image)), rounds),
        "scales and tiles": median_ms(lambda: list(windows(image)), rounds),
        "network, onnxruntime": median_ms(lambda: [model.engine.run(one.batch) for one in batches], rounds),
        "network, OpenCV DNN": median_ms(lambda: [other.engine.run(one.batch) for one in batches], rounds),
        "peaks to boxes": median_ms(
            lambda: [decode(one, window, 0.05) for one, window in zip(answers, batches, strict=True)], rounds
        ),
        "find (all after reading)": median_ms(lambda: find(image, model.engine, 0.05), rounds),
        "bytes to regions": median_ms(lambda: model.assess([Picture(data)]), rounds),
        "annotated picture": median_ms(lambda: draw(data, result), max(3, rounds // 4)),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--xray-model", type=Path)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    bundle = open_bundle(locate("xray", None, options.xray_model), "xray")
    model, other = XrayModel.load(bundle, "onnxruntime"), XrayModel.load(bundle, "opencv")
    table = {name: stages(model, other, size, options.rounds) for name, size in SIZES.items()}
    print(f"{'ms':28}" + "".join(f"{name:>14}" for name in table))
    for stage in next(iter(table.values())):
        print(f"{stage:28}" + "".join(f"{column[stage]:14.1f}" for column in table.values()))
    for name, column in table.items():
        around = column["bytes to regions"] - column["network, onnxruntime"]
        ratio = column["network, OpenCV DNN"] / column["network, onnxruntime"]
        print(f"{name}: OpenCV DNN takes {ratio:.2f} times onnxruntime; around the network "
              f"{around / column['network, onnxruntime']:.2f} times the network")  # fmt: skip


if __name__ == "__main__":
    main()
