"""What each decision rested on, so that it can be replayed; what a candidate beside those in use would have said.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Screenings made before have no evidence: theirs cannot be made up later."""
    op.add_column("screening", sa.Column("evidence", sa.Text(), nullable=True))
    op.add_column("screening", sa.Column("evidence_sha256", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_screening_stage_seq"), "screening", ["stage", "seq"], unique=False)
    op.create_table(
        "shadow",
        sa.Column("trial", sa.String(length=64), nullable=False),
        sa.Column("screening_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=True),
        sa.Column("rule", sa.String(length=128), nullable=True),
        sa.Column("placed_by", sa.String(length=32), nullable=True),
        sa.Column("risk", sa.Float(), nullable=True),
        sa.Column("xray", sa.Float(), nullable=True),
        sa.Column("combined", sa.Float(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["screening_id"], ["screening.id"], name=op.f("fk_shadow_screening_id")),
        sa.PrimaryKeyConstraint("trial", "screening_id", name=op.f("pk_shadow")),
    )
    op.create_index(op.f("ix_shadow_screening_id"), "shadow", ["screening_id"], unique=False)
