"""Conversations take their turns from the messages they show.

Revision 0005.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_turns_latest", "turns")


def downgrade() -> None:
    op.create_index("ix_turns_latest", "turns", ["office_id", "conversation_id", "created_at"])
