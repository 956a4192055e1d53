"""What every part does after it broke something: look into the store, and ask again what was not answered."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak.http_wire import Answer, Connection, ConnectionLost
from tests.soak.ledger import CREATED, IN_DOUBT, STORE_GONE, Ledger, promise_of
from tests.soak.load import Load
from tests.soak.parcels import Parcel, parcel
from tests.soak.service_process import ServiceProcess, SoakError
from tests.soak.store_view import StoreView, lost

RECOVERY_LIMIT_S = 60.0
PROBE_S = 0.05
REPEATED = 50
"""Of the requests that were refused because the store was away and left nothing in it, so many are sent again."""


@dataclass
class Desk:
    """One service with its store, its clients' key and what they were promised; at the end of a `with` it is killed."""

    service: ServiceProcess
    key: str
    ledger: Ledger
    view: StoreView
    load: Load
    problems: list[str] = field(default_factory=list)
    repeated: int = 0
    in_store: int = 0
    workers: list[int] = field(default_factory=list)
    last_workers: list[int] = field(default_factory=list)

    def __enter__(self) -> Desk:
        self.service.start()
        self.workers = self.service.worker_pids()
        return self

    def __exit__(self, *_: object) -> None:
        self.last_workers = self.service.worker_pids()
        self.service.kill()
        self.view.close()

    def check(self) -> None:
        """Look at what is new in the store, then repeat what was not answered; note every problem."""
        self.problems += self.view.news(self.ledger)
        self._settle()
        self.problems += self.ledger.wrong
        self.ledger.wrong.clear()

    def check_all(self) -> None:
        """Look at everything again, and let `db verify` walk the chain."""
        self.check()
        self.problems += self.view.everything(self.ledger)
        self.verify()

    def verify(self) -> None:
        """Let the product's own command verify the store."""
        done = self.service.command("db", "verify", "--json")
        if done.returncode:
            self.problems.append(f"db verify: exit {done.returncode} {done.stdout[:500]}{done.stderr[:500]}")
            return
        if (walked := int(json.loads(done.stdout)["records"])) < len(self.ledger.promises):
            self.problems.append(f"db verify walked {walked} records; {len(self.ledger.promises)} were promised")

    @property
    def lost(self) -> int:
        """How many promises were not kept."""
        return lost(self.problems)

    def restarted(self) -> list[str]:
        """Return a problem where a worker is another than at the start: it should have recovered by itself."""
        now = self.last_workers
        return [] if set(now) == set(self.workers) else ["a worker was replaced; it should have recovered by itself"]

    @property
    def so_far(self) -> str:
        """How far it is, in words."""
        return f"{len(self.ledger.promises):,} answers, {len(self.problems)} problems"

    def until_it_works(self, run: str, pictures: int = 0) -> float:
        """Send new parcels with so many pictures, one after the other; return the seconds until one is screened.

        Raises:
            SoakError: None is, within a minute.
        """
        began, number = time.monotonic(), 0
        while time.monotonic() - began < RECOVERY_LIMIT_S:
            answer = self.screen(parcel(f"{self.load.run}-{run}", number, pictures))
            if answer and answer.status == CREATED:
                return time.monotonic() - began
            number += 1
            time.sleep(PROBE_S)
        raise SoakError(f"not recovered after {RECOVERY_LIMIT_S:.0f} s; the log ends:\n{self.service.log_end()}")

    def screen(self, sent: Parcel) -> Answer | None:
        """Send one parcel and note what came of it; None where no answer came."""
        connection = Connection(self.service.base, self.key)
        try:
            answer = connection.ask(sent.request)
        except ConnectionLost as error:
            if error.sent:
                self.ledger.lose(sent)
            return None
        finally:
            connection.close()
        self.ledger.note(sent, answer)
        return answer

    def _settle(self) -> None:
        """Repeat what got no answer, and some that was refused, with the same keys: one record, the stored bytes."""
        connection = Connection(self.service.base, self.key)
        for lost_one in self.ledger.unanswered:
            self._repeat(connection, lost_one)
        told = 0
        for refused in self.ledger.refused:
            there = self.view.count_of(refused.parcel.item_id)
            if there and refused.code != IN_DOUBT:
                self.problems.append(f"{refused.parcel.item_id}: refused ({refused.code}) and recorded all the same")
            elif there or refused.code in (IN_DOUBT, STORE_GONE):
                told += not there  # those that are not there are all alike
                if there or told <= REPEATED:
                    self._repeat(connection, refused.parcel)
        self.ledger.unanswered.clear()
        self.ledger.refused.clear()
        connection.close()

    def _repeat(self, connection: Connection, again: Parcel) -> None:
        before = self.view.answer_of(again.key)
        answer = connection.ask(again.request)
        self.repeated += 1
        self.in_store += before is not None
        if answer.status != CREATED:
            self.problems.append(f"{again.item_id}: repeated, answered {answer.status} {answer.body[:200]!r}")
            return
        if before is not None and before.encode() != answer.body:
            self.problems.append(f"{again.item_id}: repeated, and got other bytes than are stored")
        if (count := self.view.count_of(again.item_id)) != 1:
            self.problems.append(f"{again.item_id}: repeated, and has {count} records")
        self.ledger.promises.append(promise_of(again, answer.body))


def open_desk(
    home: Path,
    run: str,
    *,
    database_url: str = "",
    through: str = "",
    clients: int = 12,
    workers: int = 2,
    commands_in_process: bool = False,
) -> Desk:
    """Return a desk over a fresh home; its service starts with its `with`.

    Args:
        home: The service's folder.
        run: Marks the parcels.
        database_url: PostgreSQL; empty: SQLite in the home.
        through: The same database by the way that the service takes; empty: the same way.
        clients: Connections at the same time.
        workers: Processes of the service.
        commands_in_process: Whether commands run in this process.
    """
    home.parent.mkdir(parents=True, exist_ok=True)
    service = ServiceProcess(home, through or database_url, workers, commands_in_process=commands_in_process)
    key, ledger = service.make_key(), Ledger()
    view = StoreView(database_url or service.url, home / "pictures")
    return Desk(service, key, ledger, view, Load(service.base, key, ledger, run, clients))
