"""Hold the running service against its OpenAPI document with schemathesis, all checks on: `make contract`.

Run once for each role, with a key of that role: what a role may not do must be refused as the document says.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]
ROLES = ("admin", "officer", "station", "analyst", "sop_author")
EXCEPTIONS = {
    "/v1/screenings:batch": "schemathesis writes no NDJSON",
}
"""Addresses that it cannot try, and why; the tests of this project do."""
# What is valid by the document may be refused for what JSON Schema cannot say: 3.0 is a whole number to it.
EXCLUDED = ("positive_data_acceptance",)


def main() -> int:
    """Run schemathesis for each role; return how many runs failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("schemathesis", type=Path)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--strict", action="store_true", help="also the checks that fail for a documented reason")
    asked = parser.parse_args()
    from serving import environment, serving

    with tempfile.TemporaryDirectory(prefix="parcel-contract-") as folder:
        home = Path(folder) / "home"
        env = {**environment(home), "PARCEL_SCREENING_WRONG_KEYS_PER_MINUTE": "0"}
        with serving(env) as (base, _):
            return sum(_try(asked, base, _key(home, role)) for role in ROLES)


def _try(asked: argparse.Namespace, base: str, key: str) -> bool:
    options = [f"--header=Authorization: Bearer {key}", "--checks=all", f"--max-time={asked.seconds}", "--no-color"]
    options += [f"--exclude-path={path}" for path in EXCEPTIONS]
    options += [] if asked.strict else [f"--exclude-checks={','.join(EXCLUDED)}"]
    command = [str(asked.schemathesis.absolute()), "run", f"{base}/openapi.json", *options]
    with tempfile.TemporaryDirectory() as folder:  # it leaves its findings where it runs
        done = subprocess.run(command, cwd=folder, check=False, stdout=subprocess.PIPE, text=True)
    print(done.stdout, flush=True)
    if not tried(done.stdout):
        print("Not one case was tried: give it more time (--seconds).", flush=True)
        return True
    return done.returncode != 0


def tried(told: str) -> int:
    """Return how many cases schemathesis says it has tried; 0 where it says nothing of them."""
    found = re.search(r"([\d,]+) generated", told)
    return int(found[1].replace(",", "")) if found else 0


def _key(home: Path, role: str) -> str:
    from service.auth import create_key
    from service.settings import Settings
    from service.store.store import open_store

    store = open_store(Settings(home=home))
    try:
        return create_key(store, role, f"contract {role}", datetime.now(UTC))[1]
    finally:
        store.close()


if __name__ == "__main__":
    sys.exit(min(main(), 1))
