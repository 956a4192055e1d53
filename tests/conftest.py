"""Stores that tests run on: SQLite in a fresh folder, and PostgreSQL in a private cluster on loopback."""
# The tests of one file run in one process, because they share a server or a trained model.

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster import BINARIES, Cluster, running_cluster
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadScopeScheduling

from service.settings import Settings
from service.store.store import Store, open_store

# How long a machine takes to make examples says nothing about the product.
hypothesis_settings.register_profile("suite", suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("suite")
SHARING = "tests/functional/risk/"


class ByFile(LoadScopeScheduling):
    """Gives a file to one process, and what shares the small trained model to one, too.

    The groups of pytest-xdist do the same by marks, but not with every version of pytest, and then without a word.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return SHARING if file.startswith(SHARING) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    config.option.loadscopereorder = False  # what takes long stands first, and the many short ones fill up at the end
    return ByFile(config, log)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    if not BINARIES:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a fresh, empty home on each kind of database."""
    if request.param == "sqlite":
        return Settings(home=tmp_path / "home")
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    return Settings(home=tmp_path / "home", database_url=cluster.fresh_database())


@pytest.fixture
def store(store_settings: Settings) -> Iterator[Store]:
    """An empty store with its tables."""
    opened = open_store(store_settings)
    opened.upgrade()
    yield opened
    opened.close()
