"""Peak memory of `train risk` on a large table, beside pandas, which merely reads the same file.

python -m benchmarks.training_memory --rows 2000000

The table is drawn at random, about as wide as a customs table: six keys of people a parcel (12 million on two million
rows), descriptions in words, codes, weights and values. Its labels depend on a few columns, so that there is
something to learn. Each command runs in a process of its own, whose peak is what the operating system reports.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

GIGABYTE = 2**30
CHUNK = 10_000
HEADER = (
    "Number,Day,Class,From,To,Carrier,Sender,Sender Street,Sender Phone,Sender Account,"
    "Recipient,Recipient Phone,Recipient Account,Description,Code,Made In,Pieces,Price,Net Mass,Gross Mass,"
    "Office,Rate,Fraud"
)
MAPPING = """
id: Number
declared_at: Day
label: {column: Fraud, positive: ["1"]}
fields:
  mail_class: Class
  origin_country: From
  destination_country: To
  carrier_id: Carrier
  sender.name: Sender
  sender.address: Sender Street
  sender.phone: Sender Phone
  sender.account_id: Sender Account
  recipient.name: Recipient
  recipient.phone: Recipient Phone
  recipient.account_id: Recipient Account
  items.0.description: Description
  items.0.hs_code: Code
  items.0.origin_country: Made In
  items.0.quantity: Pieces
  items.0.value.amount: Price
  items.0.net_weight_kg: Net Mass
  gross_weight_kg: Gross Mass
constants: {channel: postal, items.0.value.currency: USD}
extra: {categorical: [Office], numeric: [Rate]}
findings: {known_after_days: 30}
"""
COUNTRIES = ("CN", "US", "GB", "DE", "FR", "JP", "KR", "VN", "IT", "NL", "TR", "IN")
ADJECTIVES = ("steel", "cotton", "plastic", "wooden", "small", "spare", "kitchen", "garden", "metal", "printed", "used")
NOUNS = ("tube", "shirt", "toy", "frame", "spring", "lamp", "tool", "cover", "bottle", "shoe", "book", "case", "part")
COLOURS = ("red", "black", "white", "blue", "green", "grey", "20 mm", "large", "2 pieces", "set", "new")


def lines(rows: int, seed: int) -> Iterator[str]:
    """Yield the table's lines."""
    rng = np.random.default_rng(seed)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    yield HEADER
    for first in range(0, rows, CHUNK):
        count = min(CHUNK, rows - first)
        # People come back as in trade: most a few times, some all the time.
        people = (rng.pareto(0.8, (count, 2)) * rows / 40).astype(np.int64) % rows
        picks = rng.integers(0, 1_000_000, (count, 9))
        price, mass = np.exp(rng.normal(3, 1.2, count)), np.exp(rng.normal(-0.5, 0.9, count))
        odds = -5.0 + 1.5 * (picks[:, 3] % 13 == 3) + 1.5 * (picks[:, 5] % 12 == 7) + 0.8 * (price / mass < 10)
        fraud = rng.random(count) < 1 / (1 + np.exp(-odds))
        for place in range(count):
            day = start + timedelta(seconds=(first + place) * 63_000_000 // rows)
            pick, (one, two) = picks[place].tolist(), people[place].tolist()
            words = f"{ADJECTIVES[pick[2] % 11]} {NOUNS[pick[3] % 13]} {COLOURS[pick[4] % 11]}"
            cells = (
                f"P{first + place}", f"{day:%Y-%m-%d %H:%M:%S}", "parcel",
                COUNTRIES[pick[5] % 12], "PT", f"C{pick[6] % 40}",
                f"s{one} firm", f"{one} Long Street", f"+1{one:09d}", f"a{one}",
                f"r{two} person", f"+351{two:09d}", f"b{two}",
                words, f"{pick[3] % 13 + 61:02d}{pick[7] % 90 + 10:02d}{pick[8] % 10}0",
                COUNTRIES[pick[1] % 12], str(pick[0] % 5 + 1),
                f"{price[place]:.2f}", f"{mass[place]:.3f}", f"{mass[place] * 1.1:.3f}",
                f"O{pick[1] % 30}", str(pick[2] % 9), str(int(fraud[place])),
            )  # fmt: skip
            yield ",".join(cells)


def write_table(folder: Path, rows: int, seed: int) -> tuple[Path, Path]:
    """Write the table and its mapping; return their paths."""
    table, mapping = folder / "table.csv", folder / "mapping.yaml"
    with table.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines(rows, seed))
    mapping.write_text(MAPPING, encoding="utf-8")
    return table, mapping


def measured(command: list[str]) -> tuple[float, float]:
    """Run a command; return (seconds, peak gigabytes of its largest process)."""
    begun = time.monotonic()
    process = subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"})
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit {process.returncode}")
    return time.monotonic() - begun, usage.ru_maxrss * 1024 / GIGABYTE


def main() -> None:
    """Print the table of peaks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        table, mapping = write_table(Path(name), asked.rows, asked.seed)
        output = Path(name) / "risk-large-1.0.0"
        train = ["train", "risk", "--data", str(table), "--mapping", str(mapping), "--output", str(output)]
        found = {
            "train risk": measured([sys.executable, "-m", "cli", *train]),
            "pandas.read_csv": measured([sys.executable, "-c", f"import pandas; pandas.read_csv({str(table)!r})"]),
        }
        size = table.stat().st_size / GIGABYTE
    print(f"{asked.rows:,} rows, {size:.2f} GB of CSV")
    for what, (seconds, peak) in found.items():
        print(f"{what:16} {seconds:8.0f} s   peak {peak:5.2f} GB   {peak / size:5.1f} times the file")


if __name__ == "__main__":
    main()
