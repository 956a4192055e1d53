"""Ours without the durable record, to find out what that costs; the product itself has no such switch.

The product's own server and application with one function exchanged: history is read, everything is computed and
answered as always, and nothing is written. `python -m benchmarks.serving.peers.unrecorded --port N [--workers N]`.
"""

from __future__ import annotations

import argparse
import json
import os

from flask import g
from ulid import ULID

from service import server
from service.answer import answer
from service.context import Service, tools
from service.intake import Intake
from service.library_threads import one_thread_each
from service.recording import Recorded, Underway
from service.routes import screenings
from service.screening import ScreeningRequest, screen
from service.settings import Settings
from service.store.history import past_parcels_of_store


def without_record(parts: Service, asked: Intake, key: str | None) -> Underway:
    """Screen what was asked; there is nothing to wait for."""
    manifest = asked.manifest
    assert manifest is not None
    wanted = ScreeningRequest(manifest=manifest, pictures=asked.pictures)
    with g.stages("look_up"):  # as the product does it: what is compared is the record alone
        past = past_parcels_of_store(parts.store, wanted.entities, manifest.item_id)
    at = parts.clock()
    done = screen(wanted, tools(), past, screening_id=str(ULID.from_datetime(at)), at=at, stages=g.stages)
    with g.stages("answer"):
        text = json.dumps(answer(done), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Underway(Recorded(done.screening_id, text, done), None, None, g.stages)


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    one_thread_each()
    server.run(Settings.from_environment(os.environ), server.Address("127.0.0.1", options.port, options.workers))


screenings.begun = without_record  # here, because workers that are not forked import this module again
if __name__ == "__main__":
    main()
