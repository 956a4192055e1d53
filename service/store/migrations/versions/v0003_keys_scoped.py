"""Keys for some stations only, for a time, at a rate, with a certificate; which key one replaces, and when it was used.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Keys made before stay as wide as they were: every station, no end, the rate of the settings."""
    op.add_column("api_key", sa.Column("stations", sa.Text(), nullable=True))
    op.add_column("api_key", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("api_key", sa.Column("requests_per_minute", sa.Integer(), nullable=True))
    op.add_column("api_key", sa.Column("certificate", sa.String(length=512), nullable=True))
    op.add_column("api_key", sa.Column("replaces", sa.String(length=32), nullable=True))
    op.add_column("api_key", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    # A key of one station lists its own screenings: without this the search for a quiet one walks all the others'.
    op.create_index(op.f("ix_screening_station_id_seq"), "screening", ["station_id", "seq"], unique=False)
