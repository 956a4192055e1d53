"""The line to PostgreSQL is cut, or falls silent: the service says so in time, and works again when it is back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from service.app import create_app
from service.screening import Tools
from service.settings import Settings
from service.store.errors import StoreUnavailable
from service.store.patience import Patience
from service.store.store import Store, open_store
from service.store.verify import verify
from tests.soak.line import Line

pytestmark = pytest.mark.postgres
SHORT = Patience(connect_s=2, query_s=1.2, answer_s=2.0, rested_s=0)
PARCEL = {"channel": "courier", "origin_country": "GB", "destination_country": "MX", "items": [{"hs_code": "610510"}]}


@pytest.fixture
def line(postgres_cluster: Any) -> Iterator[Line]:
    opened = Line(postgres_cluster.port)
    yield opened
    opened.restore()
    opened.close()


@pytest.fixture
def remote(line: Line, postgres_cluster: Any, tmp_path: Path) -> Iterator[Store]:
    """A store at the other end of the line."""
    settings = Settings(home=tmp_path / "home", database_url=line.url(postgres_cluster.fresh_database()))
    patient = open_store(settings)  # tables are made in longer than the service waits for an answer
    patient.upgrade()
    patient.close()
    store = open_store(settings, SHORT)
    yield store
    store.close()


@pytest.mark.parametrize("fault", ["cut", "silence"])
def test_who_asks_meanwhile_is_told_and_nothing_is_lost(
    line: Line, remote: Store, tools: Tools, clock: Any, make_desk: Any, tmp_path: Path, fault: str
) -> None:
    settings = Settings(home=tmp_path / "home", database_url=remote.engine.url.render_as_string(hide_password=False))
    app = create_app(settings, tools=tools, store=remote, clock=clock)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {make_desk(settings).key('admin')}"
    ask: Callable[[str], Any] = lambda item: client.post("/v1/screenings", json={**PARCEL, "item_id": item})  # noqa: E731
    before = ask("before")
    assert before.status_code == 201
    getattr(line, fault)()
    refused = ask("meanwhile")
    assert (refused.status_code, refused.json["code"]) == (503, "store_unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    line.restore()
    assert ask("after").status_code == 201
    assert client.get(before.headers["Location"]).data == before.data
    found = verify(remote)
    assert (found.problems, found.records >= 2) == ((), True)


def beside(remote: Store, cluster: Any) -> Store:
    """The same store, reached without the line."""
    url = remote.engine.url.set(port=cluster.port).render_as_string(hide_password=False)
    return open_store(Settings(home=Path("/nowhere"), database_url=url), Patience(query_s=5))


def hold_head(connection: Connection) -> None:
    connection.execute(text("UPDATE chain_head SET seq = seq"))


def test_a_connection_lost_in_mid_transaction_holds_nobody_up(line: Line, remote: Store, postgres_cluster: Any) -> None:
    with pytest.raises(StoreUnavailable), remote.writing() as connection:  # noqa: PT012 - the line falls silent within
        hold_head(connection)
        line.silence()
        hold_head(connection)
    direct = beside(remote, postgres_cluster)
    with direct.writing() as connection:  # the server has let go of the head of the chain by itself
        hold_head(connection)
    direct.close()


def test_a_lock_that_is_never_given_back_is_an_outage_and_no_hang(remote: Store) -> None:
    with remote.writing() as connection:
        hold_head(connection)
        with pytest.raises(StoreUnavailable), remote.writing() as other:
            hold_head(other)


def test_a_connection_that_died_at_rest_costs_no_request(remote: Store, postgres_cluster: Any) -> None:
    others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'postgres'"
    with remote.reading() as connection:
        connection.execute(text("SELECT 1"))
    direct = beside(remote, postgres_cluster)
    with direct.writing() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))
    direct.close()
    with remote.reading() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
