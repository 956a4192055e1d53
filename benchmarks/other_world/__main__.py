"""Writes a file of the other world.

python -m benchmarks.other_world --count 60000 --seed 7 --base-rate 0.01 --output other.ndjson
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from benchmarks.other_world.world import make


def main() -> None:
    """Write the file and print what is in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--base-rate", type=float, default=0.01)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    if options.count < 1 or not 0.0 <= options.base_rate <= 0.5:
        parser.error("--count is at least 1, and --base-rate lies between 0 and 0.5.")
    lines = make(options.count, options.seed, options.base_rate)
    with options.output.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    modi = Counter(line["modus"] for line in lines if line["modus"])
    print(f"{options.output}: {len(lines)} parcels, {sum(modi.values())} illicit")
    for modus, count in modi.most_common():
        print(f"  {modus:<24}{count:>6}")


if __name__ == "__main__":
    main()
