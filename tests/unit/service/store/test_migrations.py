"""The migrations make exactly the tables that the code uses, however many workers start at once."""

from __future__ import annotations

import multiprocessing
from importlib import resources

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from features.errors import UsageError
from service.settings import Settings
from service.store.engine import open_engine, store_url
from service.store.errors import StoreUnavailable
from service.store.migrate import _config, revision, wanted_revision
from service.store.store import Store, open_store
from service.store.tables import metadata


def test_migrations_make_the_tables_of_the_code(store: Store) -> None:
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert store.up_to_date()


def test_the_revision_of_the_code_is_the_last_of_the_migrations(store: Store) -> None:
    assert wanted_revision() == ScriptDirectory.from_config(_config()).get_current_head()
    with store.reading() as connection:
        assert revision(store.engine) == MigrationContext.configure(connection).get_current_revision()


def test_upgrade_reports_before_and_after(store_settings: Settings) -> None:
    store = open_store(store_settings)
    assert not store.up_to_date()
    assert store.upgrade() == (None, wanted_revision())
    assert store.upgrade() == (wanted_revision(), wanted_revision())
    store.close()


def _upgrade(settings: Settings) -> None:
    open_store(settings).upgrade()


def test_several_workers_upgrade_an_empty_home_at_once(store_settings: Settings) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_upgrade, args=(store_settings,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert open_store(store_settings).up_to_date()


def test_migrations_are_inside_the_package() -> None:
    folder = resources.files("service.store") / "migrations"
    assert (folder / "env.py").is_file()
    assert any(entry.name.startswith("v0001") for entry in (folder / "versions").iterdir())


@pytest.mark.parametrize("text", ["postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_postgresql_urls_get_the_driver(text: str) -> None:
    assert store_url(text).drivername == "postgresql+psycopg"


@pytest.mark.parametrize("text", ["mysql://u@h/d", "nonsense", "sqlite://"])
def test_other_urls_are_refused_with_their_setting(text: str) -> None:
    with pytest.raises(UsageError, match="PARCEL_SCREENING_DATABASE_URL"):
        open_engine(text)


def test_sqlite_waits_for_the_disk(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = open_store(Settings(home=tmp_path_factory.mktemp("home")))
    with store.reading() as connection:
        pragmas = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in
                   ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}  # fmt: skip
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_a_database_that_cannot_be_reached_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    store = open_store(Settings(home=home, database_url="postgresql://nobody@127.0.0.1:1/none"))
    with pytest.raises(StoreUnavailable, match="cannot be used now"), store.reading():
        pass
