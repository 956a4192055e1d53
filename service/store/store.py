"""The store: a database and a folder of pictures, opened once and passed to whoever needs it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from service.settings import Settings
from service.store import engine as engines
from service.store.direct import DirectReader
from service.store.errors import unavailable_when_failing
from service.store.group import GroupWriter
from service.store.migrate import revision, upgrade, wanted_revision
from service.store.patience import Patience
from service.store.pictures import FOLDER, PictureFolder


@dataclass(frozen=True, slots=True)
class Store:
    """Where screenings live. It holds no other state, so any number of processes may share it.

    `writer` is what requests write through, `reader` what they look up with; `writing` and `reading` are for whoever
    needs a transaction.
    """

    engine: Engine
    pictures: PictureFolder
    writer: GroupWriter
    reader: DirectReader

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that writes.

        Raises:
            StoreUnavailable: The database cannot be reached or written.
        """
        with unavailable_when_failing(), engines.writing(self.engine) as connection:
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that reads.

        Raises:
            StoreUnavailable: The database cannot be reached.
        """
        with unavailable_when_failing(), engines.reading(self.engine) as connection:
            yield connection

    def upgrade(self) -> tuple[str | None, str]:
        """Bring the tables up to date; returns the revision before and after."""
        with unavailable_when_failing():
            return upgrade(self.engine)

    def up_to_date(self) -> bool:
        """Whether the tables are those that this code needs."""
        with unavailable_when_failing():
            return revision(self.engine) == wanted_revision()

    def close(self) -> None:
        """Write what waits, and give the connections back."""
        self.writer.close()
        self.reader.close()
        self.engine.dispose()


def open_store(settings: Settings, patience: Patience | None = None) -> Store:
    """Return the store of these settings; nothing is connected or created yet.

    Args:
        settings: All settings.
        patience: How long a server of PostgreSQL is waited for; None: as long as it works on something.

    Raises:
        UsageError: The database URL cannot be used.
    """
    engine = engines.open_engine(settings.effective_database_url, patience)
    return Store(engine, PictureFolder(settings.home / FOLDER), GroupWriter(engine), DirectReader(engine))


def existing_store(settings: Settings) -> Store | None:
    """Return the store if there is one already, without creating anything; None where none was ever made."""
    url = engines.store_url(settings.effective_database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return None
    return open_store(settings)
