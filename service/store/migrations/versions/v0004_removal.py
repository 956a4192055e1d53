"""What was purged or erased stays on record by its hashes; the access log names accounts and is read by time.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "removal",
        sa.Column("seq", number, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("removed", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_removal")),
        sa.UniqueConstraint("id", name=op.f("uq_removal_id")),
    )
    op.create_table(
        "tombstone",
        sa.Column("seq", number, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("removal_seq", number, nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["removal_seq"], ["removal.seq"], name=op.f("fk_tombstone_removal_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tombstone")),
        sa.UniqueConstraint("id", name=op.f("uq_tombstone_id")),
    )
    op.create_index(op.f("ix_tombstone_removal_seq"), "tombstone", ["removal_seq"], unique=False)
    op.add_column("access", sa.Column("account", sa.String(length=128), nullable=True))
    op.create_index(op.f("ix_access_at"), "access", ["at"], unique=False)
