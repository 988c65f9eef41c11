"""With which message a file was sent is asked for every look at it.

Revision 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with_file = sa.text("file_id IS NOT NULL")
    op.create_index(
        "ix_operator_messages_file",
        "operator_messages",
        ["office_id", "file_id"],
        postgresql_where=with_file,
        sqlite_where=with_file,
    )


def downgrade() -> None:
    op.drop_index("ix_operator_messages_file", "operator_messages")
