"""Brings the tables to the version that this code needs; several workers may try at once.

Alembic is imported where there is something to do, which is once in the life of a release: every start of a worker, and
every question whether the service is ready, reads the revision with plain SQL.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from service.store.engine import reading, writing

if TYPE_CHECKING:
    from alembic.config import Config

WANTED = "0005"
"""The revision that this code needs: the last of those under `migrations/versions`, as a test makes sure."""
VERSION_TABLE = "alembic_version"
ADVISORY_LOCK = 7_306_131_850_221_145
"""Any fixed number; every instance of this product takes the same one."""


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Run the missing migrations in one transaction.

    Returns:
        The revision before (None: the store was empty) and after.
    """
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            # The second worker waits here and then finds nothing left to do; SQLite's write lock does the same.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        before = _revision(connection)
        if before == WANTED:
            return before, before
        _migrate(connection)
        return before, _revision(connection) or ""


def revision(engine: Engine) -> str | None:
    """Return the revision of the store; None where it is empty."""
    with reading(engine) as connection:
        return _revision(connection)


def wanted_revision() -> str:
    """Return the revision that this code needs."""
    return WANTED


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return found


def _migrate(connection: Connection) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resources.files("service.store") / "migrations"))
    return config
