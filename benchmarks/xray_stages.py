"""Milliseconds of each stage from bytes to regions, and the engines against each other on the same network.

OMP_NUM_THREADS=1 taskset -c 1 python -m benchmarks.xray_stages [--rounds 60] [--xray-model DIR]
Times are processor time of one thread, the least of all rounds: what else the machine does hardly enters into them.
A bundle without the network in 8 bit gets one made on the spot, where the training extra is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import cv2

from features.xray_checks import check_is_xray
from features.xray_image import XrayImage, canonical
from features.xray_look import dense_regions, shares, shields
from features.xray_read import Decoded, PictureLimits, read_picture
from models.bundle import Bundle, locate, open_bundle
from models.drawing import draw
from models.xray import NETWORK, NETWORK_INT8, Picture, XrayModel
from models.xray_engine import Tensor, open_engine
from models.xray_heads import decode, find, windows
from training.phantom.export import export
from training.phantom.scene import make_scene

CASES = (("colour-jpeg:classic", 640), ("grey-jpeg", 640), ("dual-tiff16", 640), ("colour-jpeg:classic", 1024))
LEAST = 0.05
LIMITS = PictureLimits()
AROUND = ("read the file", "canonical planes", "is it an X-ray", "shares and dense areas", "scales and tiles",
          "peaks to boxes")  # fmt: skip
FLOAT, INT8, OPENCV = "network, onnxruntime", "network, onnxruntime 8 bit", "network, OpenCV DNN"
Models = dict[str, XrayModel]


def least_ms(work: Callable[[], object], rounds: int) -> float:
    """Return the least processor time of one call in milliseconds, after one call to warm up."""
    work()
    times = []
    for _ in range(rounds):
        start = time.thread_time()
        work()
        times.append(time.thread_time() - start)
    return min(times) * 1e3


def models_of(bundle: Bundle) -> Models:
    """Return the model by each engine."""
    models = {FLOAT: XrayModel.load(bundle, "onnxruntime"), OPENCV: XrayModel.load(bundle, "opencv")}
    network = bundle.contents.get(NETWORK_INT8) or (_quantised(bundle) if importlib.util.find_spec("onnx") else None)
    if network is not None:
        engine = open_engine(network, "onnxruntime-int8")
        models[INT8] = XrayModel(bundle.card.title, engine, models[FLOAT].parameters)
    return models


def _quantised(bundle: Bundle) -> bytes:
    from training.xray.quantise import quantise

    scenes = (make_scene(45_000_000 + number, density="medium") for number in range(8))
    images = [canonical(read_picture(export(scene, "dual-tiff16").data, LIMITS)) for scene in scenes]
    return quantise(bundle.read(NETWORK), [window.batch for image in images for window in windows(image)])


def stages(models: Models, fmt: str, size: int, rounds: int) -> dict[str, float]:
    """Return the stages of one picture of `size` pixels a side."""
    data = export(make_scene(3, size=size, firearm=True, density="medium"), fmt).data
    decoded = read_picture(data, LIMITS)
    image = canonical(decoded)
    work = analysed(data, decoded, image, models[FLOAT])
    work["find, onnxruntime"] = lambda: find(image, models[FLOAT].engine, LEAST)
    batches = [window.batch for window in windows(image)]
    for name, model in models.items():
        work[name] = partial(_run, model, batches)
        work[name.replace("network", "bytes to regions")] = partial(model.assess, [Picture(data)])
    times = {name: least_ms(one, rounds) for name, one in work.items()}
    result = models[FLOAT].assess([Picture(data)]).images[0]
    times["annotated picture"] = least_ms(lambda: draw(data, result), max(3, rounds // 4))
    times["heat map"] = least_ms(lambda: models[FLOAT].heat_map(data), max(3, rounds // 4))
    return times


def _run(model: XrayModel, batches: Sequence[Tensor]) -> list[Tensor]:
    return [model.engine.run(batch) for batch in batches]


def analysed(data: bytes, decoded: Decoded, image: XrayImage, model: XrayModel) -> dict[str, Callable[[], object]]:
    """Return what is done around the network for one picture, by the names of `AROUND`."""
    shown = list(windows(image))
    answers = [model.engine.run(window.batch)[0] for window in shown]
    work: tuple[Callable[[], object], ...] = (
        lambda: read_picture(data, LIMITS),
        lambda: canonical(decoded),
        lambda: check_is_xray(decoded, image),
        lambda: (shares(image), shields(image), dense_regions(image)),
        lambda: list(windows(image)),
        lambda: [decode(one, window, LEAST) for one, window in zip(answers, shown, strict=True)],
    )
    return dict(zip(AROUND, work, strict=True))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--xray-model", type=Path)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    models = models_of(open_bundle(locate("xray", None, options.xray_model), "xray"))
    table = {f"{fmt.split(':')[0]} {size}": stages(models, fmt, size, options.rounds) for fmt, size in CASES}
    print(f"{'ms, ' + models[FLOAT].title:40}" + "".join(f"{name:>18}" for name in table))
    for stage in next(iter(table.values())):
        print(f"{stage:40}" + "".join(f"{column[stage]:18.1f}" for column in table.values()))
    for name in (name for name in models if name != FLOAT):
        print(f"{name + ' / ' + FLOAT:40}" + "".join(f"{one[name] / one[FLOAT]:18.2f}" for one in table.values()))
    ratios = [(one["bytes to regions, onnxruntime"] - one[FLOAT]) / one[FLOAT] for one in table.values()]
    print(f"{'all around / ' + FLOAT:40}" + "".join(f"{ratio:18.2f}" for ratio in ratios))


if __name__ == "__main__":
    main()
