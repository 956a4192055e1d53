"""The tables, as SQLAlchemy Core. A change here needs a migration in `migrations/versions`; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)
ULID_LENGTH = 26
SHA256_LENGTH = 64


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, timezone-aware on both sides; SQLite has no zones, so it keeps UTC without saying so."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: it would mean another instant on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


# SQLite gives a rowid key (no second index) only to a column of type INTEGER.
Sequence64 = BigInteger().with_variant(Integer(), "sqlite")


def _chained() -> list[Column[Any]]:
    return [
        Column("seq", Sequence64, primary_key=True, autoincrement=False),
        Column("id", String(ULID_LENGTH), nullable=False, unique=True),
    ]


def _hashes() -> list[Column[Any]]:
    return [
        Column("prev_hash", String(SHA256_LENGTH), nullable=False),
        Column("hash", String(SHA256_LENGTH), nullable=False),
    ]


def _screening_reference(name: str = "screening_id", **options: Any) -> Column[Any]:
    return Column(name, String(ULID_LENGTH), ForeignKey("screening.id"), nullable=False, **options)


screening = Table(
    "screening",
    metadata,
    *_chained(),
    Column("item_id", String(255), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("declared_at", UtcDateTime),
    Column("stage", String(16), nullable=False),
    Column("lane", String(16), nullable=False),
    Column("outcome", String(8), nullable=False),
    Column("rule", String(128), nullable=False),
    Column("random_selection", Boolean, nullable=False),
    Column("selection_probability", Float, nullable=False),
    Column("station_id", String(64)),
    Column("scanner_id", String(64)),
    Column("key_id", String(32)),
    Column("versions", Text, nullable=False),
    Column("manifest", Text, nullable=False),
    Column("manifest_sha256", String(SHA256_LENGTH), nullable=False),
    Column("answer", Text, nullable=False),
    Column("answer_sha256", String(SHA256_LENGTH), nullable=False),
    *_hashes(),
    # What the decision rested on (`sop.evidence_json`); screenings made before this was kept have none.
    Column("evidence", Text),
    Column("evidence_sha256", String(SHA256_LENGTH)),
    Index(None, "item_id", "seq"),
    Index(None, "lane", "seq"),
    Index(None, "stage", "seq"),
    Index(None, "station_id", "seq"),
    Index(None, "created_at"),
)

picture = Table(
    "picture",
    metadata,
    _screening_reference(primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("view", String(64)),
    Column("sha256", String(SHA256_LENGTH), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", String(64), nullable=False),
    Index(None, "sha256"),
)

# One row an item, not a screening: an item is screened by its advance data and again at the station. The keys of an
# item lie side by side: with them a record changes a few pages, and one for each key in the index.
entity = Table(
    "entity",
    metadata,
    Column("key", String(128), nullable=False),
    Column("item_id", String(255), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("item_id", "key"),
    Index(None, "key", "at"),
    sqlite_with_rowid=False,
)

finding = Table(
    "finding",
    metadata,
    *_chained(),
    _screening_reference(index=True),
    Column("item_id", String(255), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("key_id", String(32)),
    Column("found", String(32)),
    Column("parts", Text, nullable=False),
    Column("reference", String(128)),
    Column("notes", Text),
    Column("override_lane", String(16)),
    Column("override_reason", Text),
    *_hashes(),
)

# What a candidate would have said. Outside the chain, because nothing was decided by it.
shadow = Table(
    "shadow",
    metadata,
    Column("trial", String(64), primary_key=True),
    _screening_reference(primary_key=True, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("lane", String(16)),
    Column("rule", String(128)),
    Column("placed_by", String(32)),
    Column("risk", Float),
    Column("xray", Float),
    Column("combined", Float),
    Column("decision", Text),
    Column("versions", Text, nullable=False),
)

# What was purged or erased: a record of the chain like any other, that lists what it removed by digests.
removal = Table(
    "removal",
    metadata,
    *_chained(),
    Column("created_at", UtcDateTime, nullable=False),
    Column("action", String(16), nullable=False),
    Column("by", String(128), nullable=False),
    Column("reason", Text, nullable=False),
    Column("criteria", Text, nullable=False),
    Column("removed", Text, nullable=False),
    *_hashes(),
)

# What stands in the place of a removed record: its hashes, so that the chain goes on, and nothing that names anybody.
tombstone = Table(
    "tombstone",
    metadata,
    *_chained(),
    Column("kind", String(16), nullable=False),
    Column("removal_seq", Sequence64, ForeignKey("removal.seq"), nullable=False, index=True),
    Column("kept", Text, nullable=False),
    *_hashes(),
)

chain_head = Table(
    "chain_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(SHA256_LENGTH), nullable=False),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(128), nullable=False),
    Column("role", String(16), nullable=False),
    Column("secret_hash", String(255), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("stations", Text),
    Column("expires_at", UtcDateTime),
    Column("requests_per_minute", Integer),
    Column("certificate", String(512)),
    Column("replaces", String(32)),
    Column("last_used_at", UtcDateTime),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("key_id", String(32), primary_key=True),
    Column("idempotency_key", String(255), primary_key=True),
    Column("request_sha256", String(SHA256_LENGTH), nullable=False),
    _screening_reference(index=True),
    Column("created_at", UtcDateTime, nullable=False),
)

access = Table(
    "access",
    metadata,
    Column("id", Sequence64, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("key_id", String(32)),
    Column("action", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("request_id", String(64)),
    Column("account", String(128)),
    Index(None, "subject", "at"),
    Index(None, "at"),
)
