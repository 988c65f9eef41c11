"""Accounts of one person at several offices.

Revision 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("person_id", sa.Uuid(), nullable=True))
    op.add_column("users", sa.Column("linked_at", sa.DateTime(timezone=True), nullable=True))
    linked = sa.text("person_id IS NOT NULL")
    op.create_index(
        "ix_users_person",
        "users",
        ["person_id", "office_id"],
        unique=True,
        postgresql_where=linked,
        sqlite_where=linked,
    )
    op.add_column(
        "console_sessions", sa.Column("code_given_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("console_sessions", "code_given_at")
    op.drop_index("ix_users_person", "users")
    op.drop_column("users", "linked_at")
    op.drop_column("users", "person_id")
