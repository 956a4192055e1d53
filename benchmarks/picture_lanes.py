"""Which lanes the shipped policy gives to pictures alone, on scenes with clutter that training never showed.

python -m benchmarks.picture_lanes [--scenes 240] [--xray-model DIR] [--policy FILE]
Every second scene holds parts; the export formats take turns. The manifest counts as harmless (risk 0.005), and the
scanner as calibrated, so that the picture alone decides.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np

from models.bundle import locate, open_bundle
from models.results import XrayResult
from models.xray import Picture, XrayModel
from service.evidence import best_part_scores, missing_evidence
from sop.active import active_policy_path
from sop.engine import decide
from sop.reading.packages import load_package
from sop.types import Decision, Evidence, Policy
from training.phantom.export import FORMATS, export
from training.phantom.scene import make_scene

FIRST_SEED = 900_000
RISK, COMBINED = 0.005, 0.01
NOT_OF_THE_PICTURE = {"risk_unavailable", "scanner_uncalibrated"}


def main() -> None:
    """Print the lanes and rules of both kinds of scenes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=240)
    parser.add_argument("--xray-model", type=Path)
    parser.add_argument("--policy", type=Path)
    options = parser.parse_args()
    model = XrayModel.load(open_bundle(locate("xray", None, options.xray_model), "xray"))
    policy = load_package(options.policy or active_policy_path(None, None)).base
    for firearm, name in ((False, "benign"), (True, "with parts")):
        numbers = range(int(firearm), options.scenes, 2)
        decisions = [_decided(policy, f"SCENE{number}", _judged(model, number, firearm)) for number in numbers]
        print(f"{name}, {len(decisions)} scenes")
        print("  lanes", dict(Counter(one.lane for one in decisions).most_common()))
        print("  rules", dict(Counter(one.rule for one in decisions).most_common()))


def _judged(model: XrayModel, number: int, firearm: bool) -> XrayResult:
    scene = make_scene(FIRST_SEED + number, held_out=True, firearm=firearm, size=512)
    exported = export(scene, FORMATS[number // 2 % len(FORMATS)], np.random.default_rng(number))
    return model.assess([Picture(exported.data)])


def _decided(policy: Policy, item: str, result: XrayResult) -> Decision:
    evidence = Evidence(
        item_id=item,
        stage="station",
        risk=RISK,
        xray=result.score,
        xray_assessment=result.assessment,
        combined=COMBINED,
        parts=best_part_scores(result),
        missing=frozenset(missing_evidence(None, result) - NOT_OF_THE_PICTURE),
    )
    return decide(policy, evidence, on=policy.effective_from)


if __name__ == "__main__":
    main()
