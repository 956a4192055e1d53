"""How often the detector is right on scenes made like the two samples that were chosen with it in hand.

python -m benchmarks.sample_choice [--xray-model DIR]
The figures stand in `sample_images/README.md`.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path

from models.bundle import locate, open_bundle
from models.xray import Picture, XrayModel
from training.phantom.samples import SAMPLE_SCANS, encoded, make_sample

SCENES = {"harmless.jpg": 12, "pistol.png": 40}


def main() -> None:
    """Print the assessments by sample."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--xray-model", type=Path)
    options = parser.parse_args()
    model = XrayModel.load(open_bundle(locate("xray", None, options.xray_model), "xray"))
    for sample in SAMPLE_SCANS:
        found: Counter[str] = Counter()
        for seed in range(1, SCENES.get(sample.file, 0) + 1):
            other = replace(sample, seed=seed)
            found[model.assess([Picture(encoded(make_sample(other), other.fmt))]).assessment] += 1
        if found:
            print(f"{sample.file}: {dict(found.most_common())} of {found.total()}")


if __name__ == "__main__":
    main()
