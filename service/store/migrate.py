"""Brings the tables to the version that this code needs; several workers may try at once."""

from __future__ import annotations

import functools
from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from service.store.engine import reading, writing

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
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return before, _revision(connection) or ""


def revision(engine: Engine) -> str | None:
    """Return the revision of the store; None where it is empty."""
    with reading(engine) as connection:
        return _revision(connection)


@functools.cache
def wanted_revision() -> str:
    """Return the revision that this code needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return head or ""


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("service.store") / "migrations"))
    return config
