"""How long the service waits for PostgreSQL: one that was stopped, cut off or fell silent is an error in time.

Three things can hang. A query that the server works on, or that waits for a lock: the server itself ends it. A line
that was cut: nobody tells, so the client gives up, and the server is told to as well, because what it holds (the head
of the chain) stops everybody else. A connection that died while nobody used it: it is asked whether it lives before it
is used again, but only after a rest, as asking costs as much as a query.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

if TYPE_CHECKING:
    import psycopg

_LAST_USED = "last_used"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds.

    Attributes:
        connect_s: For a new connection.
        query_s: For the server's work on one query.
        answer_s: For one answer of the server; more than `query_s`.
        rested_s: After so long without use a connection is asked whether it lives.
    """

    connect_s: int = 3
    query_s: float = 3.0
    answer_s: float = 4.0
    rested_s: float = 1.0

    @property
    def client_options(self) -> dict[str, Any]:
        """Options of libpq: the machine's own network gives up on bytes that nobody acknowledges."""
        return {
            "connect_timeout": self.connect_s,
            "tcp_user_timeout": int(self.answer_s * 1000),
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
        }

    @property
    def server_settings(self) -> str:
        """What the server is told about a new connection, in one statement."""
        query, idle = int(self.query_s * 1000), int(self.answer_s * 1000)
        return (
            f"SET statement_timeout = {query}; SET lock_timeout = {query};"
            f" SET idle_in_transaction_session_timeout = {idle}; SET tcp_user_timeout = {idle};"
            " SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3"
        )


def be_patient(engine: Engine, patience: Patience) -> None:
    """Let an engine of PostgreSQL wait no longer than this."""
    import psycopg  # here, because a service on SQLite does without

    class Patient(psycopg.Connection[Any]):
        """A connection whose every wait for the server ends."""

        def wait(self, gen: Generator[Any, Any, Any], *more: Any, **named: Any) -> Any:
            """Wait as its base does, but not for ever; a connection that did not answer is closed."""
            until = time.monotonic() + patience.answer_s
            try:
                return super().wait(gen, *more, **{"timeout": patience.answer_s} | named)
            except psycopg.OperationalError:
                if time.monotonic() >= until:
                    self.pgconn.finish()  # an answer that comes yet would be taken for that of the next query
                raise

    def connect(_dialect: Any, _record: Any, positional: Any, named: Any) -> psycopg.Connection[Any]:
        return Patient.connect(*positional, **named)

    def tell(connection: psycopg.Connection[Any], record: Any) -> None:
        connection.autocommit = True  # a setting made within a transaction ends with it, where that is rolled back
        connection.execute(patience.server_settings.encode())
        connection.autocommit = False
        record.info[_LAST_USED] = time.monotonic()

    def ask_after_rest(connection: psycopg.Connection[Any], record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info[_LAST_USED] >= patience.rested_s:
            _ask(connection)

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "connect", tell)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", ask_after_rest)


def _note_use(_connection: Any, record: Any) -> None:
    record.info[_LAST_USED] = time.monotonic()


def _ask(connection: psycopg.Connection[Any]) -> None:
    import psycopg

    try:
        connection.autocommit = True
        connection.execute(b"")
        connection.autocommit = False
    except psycopg.Error as error:
        raise InvalidatePoolError from error  # the pool connects anew, and drops all that is as old
