"""The keys of an item lie side by side: a new record touches half the pages, and its history is found in fewer.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.drop_index(op.f("ix_entity_item_id"), "entity")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("pk_entity"), "entity", type_="primary")
        op.create_primary_key(op.f("pk_entity"), "entity", ["item_id", "key"])
    else:
        _copy()


def _copy() -> None:
    # SQLite cannot change a table's key.
    op.drop_index(op.f("ix_entity_key_at"), "entity")
    op.rename_table("entity", "entity_before")
    op.create_table(
        "entity",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("item_id", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("item_id", "key", name=op.f("pk_entity")),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO entity (key, item_id, at) SELECT key, item_id, at FROM entity_before ORDER BY item_id, key")
    op.drop_table("entity_before")
    op.create_index(op.f("ix_entity_key_at"), "entity", ["key", "at"], unique=False)
