"""What one manifest costs the processor, stage by stage, and what the same work costs by other means, in the same run.

python -m benchmarks.screening_cpu [--parcels 1000] [--repeat 5] [--before FOLDER]

Different synthetic parcels with their history, one after the other in one thread. Times are those of the thread, in
microseconds a parcel: the median of the repeats, in which ways and peers take turns. `--before` names a checkout of
another version: its stages are measured by this file in turns with this version's, and its answers compared by their
digest. Beside the stages stand named peers that do the same work: `Booster.predict`, its `pred_contrib`, LightGBM's C
interface for single rows, scikit-learn's HashingVectorizer, a table of one row, `dataclasses.asdict`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from features.history import HistoryIndex, PastParcel, entity_keys, summarise
from features.indicators.register import raise_indicators
from features.manifest import Manifest
from features.manifest_schema import manifest_to_dict, parse_manifest_json
from service.answer import answer
from service.composition import load_tools
from service.deciding import decide_parcel
from service.screening import Screening, ScreeningRequest, Tools, screen
from service.settings import Settings
from sop.evidence_json import to_json
from training.parcels.generate import generate

Micros = dict[str, float]
Way = Callable[[], object]
WARM_UP = 100


@dataclass(frozen=True)
class Parcel:
    """A parcel as it comes, what was known of its people, and when it came."""

    data: bytes
    manifest: Manifest
    past: tuple[PastParcel, ...]
    at: datetime


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parcels", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--json", action="store_true", help="the stages alone, once, as one JSON object")
    options = parser.parse_args()
    if options.json:
        print(json.dumps(_once(options.parcels)))
        return
    runs = [_stages_of(Path.cwd(), options.before, options.parcels) for _ in range(options.repeat)]
    _print_stages([own for own, _ in runs], [other for _, other in runs if other])
    _print_peers(options.parcels, options.repeat)


def _stages_of(own: Path, before: Path | None, count: int) -> tuple[dict[str, Any], dict[str, Any] | None]:
    return _apart(own, count), _apart(before, count) if before else None


def _apart(checkout: Path, count: int) -> dict[str, Any]:
    """Measure the stages of a checkout in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(checkout.resolve()), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(Path(__file__).resolve()), "--json", "--parcels", str(count)]
    done = subprocess.run(command, env=environment, cwd=checkout, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _once(count: int) -> dict[str, Any]:
    tools = _tools()
    parcels = _parcels(count + WARM_UP)
    _run(parcels[:WARM_UP], tools)
    return _run(parcels[WARM_UP:], tools)


def _tools() -> Tools:
    with tempfile.TemporaryDirectory() as home:
        tools = load_tools(Settings(home=Path(home)))
    # Every home draws its own secret, and with it other parcels by chance.
    return replace(tools, selection_secret=b"the same everywhere")


def _parcels(count: int) -> list[Parcel]:
    index, found = HistoryIndex(), []
    for record in generate(count, seed=29):
        data, at = json.dumps(record["manifest"]).encode(), datetime.fromisoformat(record["screened_at"])
        manifest = parse_manifest_json(data)
        keys = entity_keys(manifest)
        found.append(Parcel(data, manifest, tuple(index.related(keys)), at))
        index.add(PastParcel(manifest.item_id, min(manifest.declared_at or at, at), keys))
    return found


def _run(parcels: Sequence[Parcel], tools: Tools) -> dict[str, Any]:
    """Take every parcel through all stages; return microseconds by stage and the digest of what came out."""
    spent: dict[str, float] = dict.fromkeys(_STAGES, 0.0)
    digest = hashlib.sha256()
    for parcel in parcels:
        known: dict[str, Any] = {"parcel": parcel, "tools": tools}
        for name, stage in _STAGES.items():
            begin = time.thread_time()
            known[name] = stage(known)
            spent[name] += time.thread_time() - begin
        digest.update(_comparable(known["answer"]).encode() + known["evidence"].encode())
    micros = {name: seconds / len(parcels) * 1e6 for name, seconds in spent.items()}
    return {"digest": digest.hexdigest(), "micros": micros}


def _comparable(text: str) -> str:
    found = json.loads(text)
    del found["versions"]
    for reason in found["risk"]["reasons"]:
        # Releases before 0.3 gave all digits of a contribution.
        reason["contribution"] = round(reason["contribution"], 6)
    return json.dumps(found)


def _screened(known: Mapping[str, Any]) -> Screening:
    parcel = known["parcel"]
    request = ScreeningRequest(manifest=known["read"])
    return screen(request, known["tools"], parcel.past, screening_id="one", at=parcel.at)


def _decided(known: Mapping[str, Any]) -> object:
    tools, evidence = known["tools"], known["whole screening"].record.evidence
    return decide_parcel(tools.package, evidence, known["parcel"].at, tools.selection_secret, tools.workload)


_STAGES: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "read": lambda known: parse_manifest_json(known["parcel"].data),
    "keys": lambda known: entity_keys(known["read"]),
    "whole screening": _screened,
    "- indicators": lambda known: raise_indicators(known["read"]),
    "- history": lambda known: summarise(known["read"], known["parcel"].past, known["parcel"].at),
    "- score and reasons": lambda known: known["tools"].risk.assess(
        known["read"], known["- indicators"], known["- history"]
    ),
    "- decision": _decided,
    "answer": lambda known: json.dumps(answer(known["whole screening"]), ensure_ascii=False, separators=(",", ":")),
    "evidence": lambda known: to_json(known["whole screening"].record),
    "manifest": lambda known: json.dumps(manifest_to_dict(known["read"]), sort_keys=True),
}


def _print_stages(own: list[dict[str, Any]], before: list[dict[str, Any]]) -> None:
    mine, theirs = _medians([one["micros"] for one in own]), _medians([one["micros"] for one in before])
    for micros in (mine, theirs):
        if micros:
            micros["in all"] = sum(spent for name, spent in micros.items() if not name.startswith("-"))
    print(f"{'stage':<22}{'us':>8}" + (f"{'before':>9}{'times':>7}" if theirs else ""))
    for name, spent in mine.items():
        print(f"{name:<22}{spent:>8.0f}" + (f"{theirs[name]:>9.0f}{theirs[name] / spent:>7.1f}" if theirs else ""))
    if before:
        same = {one["digest"] for one in own} == {one["digest"] for one in before}
        print(f"answers and evidence: {'the same' if same else 'DIFFERENT'} but for versions")


def _medians(runs: list[Micros]) -> Micros:
    return {name: median(run[name] for run in runs) for name in runs[0]} if runs else {}


def _print_peers(count: int, repeat: int) -> None:
    print(f"\n{'the same work':<34}{'us':>8}{'times':>7}  by")
    for work, ways in _ways(count).items():
        spent = _in_turns(list(ways.values()), repeat, count)
        for (name, _), micros in zip(ways.items(), spent, strict=True):
            print(f"{work:<34}{micros:>8.1f}{micros / spent[0]:>7.1f}  {name}")


def _in_turns(ways: Sequence[Way], repeat: int, count: int) -> list[float]:
    spent: list[list[float]] = [[] for _ in ways]
    for _ in range(repeat):
        for place, way in enumerate(ways):
            begin = time.thread_time()
            way()
            spent[place].append((time.thread_time() - begin) / count * 1e6)
    return [median(one) for one in spent]


def _ways(count: int) -> dict[str, dict[str, Way]]:
    """Return, by what is done, how it is done here and by whom else, each for all parcels."""
    from models.risk_frame import gather
    from models.risk_one import read_one
    from models.risk_text import vectorise
    from models.trees_fast import CONTRIBUTIONS, RAW_SCORE, fast_row, slowly
    from service.answer import plain

    tools = _tools()
    assert tools.risk is not None
    model, trees = tools.risk.ready(), tools.risk.trees.booster
    seen = []
    for one in _parcels(count):
        seen.append((one.manifest, raise_indicators(one.manifest), summarise(one.manifest, one.past, one.at)))
    rows = [read_one(*parcel, model.fitted).row for parcel in seen]
    texts = [text for parcel in seen if (text := read_one(*parcel, model.fitted).read.text)]
    shown = [model.assess(*parcel) for parcel in seen]
    raw, shares = fast_row(trees, RAW_SCORE), fast_row(trees, CONTRIBUTIONS)
    weights, bias = model.fitted.text.weights, model.fitted.text.bias
    return {
        "log-odds of the trees": {
            "here": lambda: [model.single.margin(row) for row in rows],
            "LightGBM's C interface": lambda: [raw(row) for row in rows],
            "Booster.predict": lambda: [slowly(trees, row, RAW_SCORE) for row in rows],
        },
        "log-odds and contributions": {
            "here": lambda: [model.single.explained(row) for row in rows],
            "LightGBM's C interface": lambda: [(raw(row), shares(row)) for row in rows],
            "Booster.predict, twice": lambda: [
                (slowly(trees, row, RAW_SCORE), slowly(trees, row, CONTRIBUTIONS)) for row in rows
            ],
        },
        "score of the description": {
            "here": lambda: [model.fitted.text.score_one(text) for text in texts],
            "HashingVectorizer.transform": lambda: [vectorise([text]) @ weights + bias for text in texts],
        },
        "row of the model": {
            "here": lambda: [read_one(*parcel, model.fitted) for parcel in seen],
            "a table of one row": lambda: [model.rows(gather([model.observe(*parcel)])) for parcel in seen],
        },
        "score alone": {
            "here": lambda: [model.score_only(*parcel) for parcel in seen],
            "score with reasons": lambda: [model.assess(*parcel) for parcel in seen],
        },
        "reasons as JSON types": {
            "here": lambda: [plain(one) for one in shown],
            "dataclasses.asdict": lambda: [asdict(one) for one in shown],
        },
    }


if __name__ == "__main__":
    main()
