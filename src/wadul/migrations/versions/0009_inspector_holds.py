"""From when to when an inspector held a conversation.

Revision 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inspector_holds",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("office_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id", "conversation_id"],
            ["conversations.office_id", "conversations.id"],
            name=op.f("fk_inspector_holds_office_id_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("office_id", "id", name=op.f("pk_inspector_holds")),
    )
    op.create_index(
        "ix_inspector_holds_conversation", "inspector_holds", ["office_id", "conversation_id"]
    )


def downgrade() -> None:
    op.drop_table("inspector_holds")
