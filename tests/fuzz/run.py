"""Coverage-guided fuzzing of one reader with atheris (libFuzzer): `make fuzz SECONDS=600` runs it for each.

`python tests/fuzz/run.py manifest|picture|procedure --seconds N [--corpus DIR]`; what fails is left in the corpus
folder's neighbour `findings/` as libFuzzer writes it, and the exit status is not 0.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]
INSTRUMENTED = ("features", "models.xray", "models.drawing", "sop", "service.store.chain", "tifffile", "yaml", "json")
"""What the fuzzer sees the branches of: ours, and the readers in Python below us. Decoders in C are only run."""
with atheris.instrument_imports(include=list(INSTRUMENTED)):
    from fuzz_seeds import SEEDS, WORDS, chunk
    from fuzz_targets import TARGETS, Target

CPU_SECONDS = 1.0
"""Most processor time for one input: other work on the machine must not count as a fault of the reader."""
HANG_SECONDS = 30
MORE_MEMORY_KIB = 100 * 1024
"""What one input may add to the process's peak: inputs are a few kilobytes, pictures at most 250,000 pixels."""
MOST_MEMORY_MIB = 3000
"""Of the whole process; the fuzzer itself grows by hundreds."""
PNG = b"\x89PNG\r\n\x1a\n"


class Guarded:
    """A target with its bounds in time and memory, and the figures that the report gives."""

    def __init__(self, target: Target, seeds: tuple[bytes, ...]) -> None:
        self.target = target
        self.slowest, self.count = 0.0, 0
        for seed in seeds:  # imports at first use, caches and compiled patterns are no growth
            target.check(seed)

    def __call__(self, data: bytes) -> None:
        begun, before = time.thread_time(), peak_kib()
        self.target.check(data)
        spent = time.thread_time() - begun
        self.count += 1
        self.slowest = max(self.slowest, spent)
        if spent > CPU_SECONDS:
            # The first run of a path may compile or import; a slow input stays slow.
            begun = time.thread_time()
            self.target.check(data)
            spent = min(spent, time.thread_time() - begun)
        assert spent <= CPU_SECONDS, f"{spent:.1f} s for {len(data)} bytes"
        assert peak_kib() - before <= MORE_MEMORY_KIB, "more memory than any input of this size may take"


def peak_kib() -> int:
    """The process's largest resident memory so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def mutator(words: tuple[bytes, ...]) -> Callable[[bytes, int, int], bytes]:
    """Mutate bytes as libFuzzer does, sometimes by a word of the format; checksums of a PNG are then set right."""

    def mutate(data: bytes, longest: int, seed: int) -> bytes:
        dice = random.Random(seed)
        if dice.random() < 0.4 and words:
            data = with_word(data, dice.choice(words), dice)[:longest]
        else:
            data = atheris.Mutate(data, longest)
        return mended(data)[:longest] if data.startswith(PNG) and dice.random() < 0.9 else data

    return mutate


def with_word(data: bytes, word: bytes, dice: random.Random) -> bytes:
    """Put a word in or over what stands there, or repeat or drop a piece."""
    start = dice.randrange(len(data) + 1)
    if (way := dice.random()) < 0.4:
        return data[:start] + word + data[start:]
    if way < 0.7:
        return data[:start] + word + data[start + len(word) :]
    end = min(len(data), start + dice.randrange(1, 200))
    return data[:start] + data[start:end] * dice.choice((0, 2, 9)) + data[end:]


def mended(data: bytes) -> bytes:
    """Return a PNG whose checksums are right, as far as its chunks can be told."""
    return PNG + b"".join(chunk(name, body) for name, body in chunks(data))


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and body of each chunk, right checksum or not."""
    place = len(PNG)
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        yield data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        place += 12 + length


def main() -> None:
    """Fuzz one target for a while."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--corpus", type=Path, default=ROOT / ".fuzz")
    asked = parser.parse_args()
    target, seeds = TARGETS[asked.target], tuple(SEEDS[asked.target]())
    corpus, findings = (asked.corpus / asked.target / name for name in ("corpus", "findings"))
    for folder in (corpus, findings):
        folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        (corpus / f"seed-{zlib.crc32(seed):08x}").write_bytes(seed)
    options = [f"-max_total_time={asked.seconds}", f"-timeout={HANG_SECONDS}", f"-rss_limit_mb={MOST_MEMORY_MIB}",
               f"-max_len={target.longest}", f"-artifact_prefix={findings}/", "-print_final_stats=1"]  # fmt: skip
    guarded = Guarded(target, seeds)
    atheris.Setup([sys.argv[0], *options, str(corpus)], guarded, custom_mutator=mutator(tuple(WORDS[asked.target]())))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
