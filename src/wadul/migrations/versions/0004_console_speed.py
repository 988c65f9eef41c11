"""What the console's screens need with a million messages.

Revision 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_tickets_duplicate": ("tickets", ["office_id", "duplicate_of"]),
    "ix_tickets_desa": ("tickets", ["office_id", "desa", "id"]),
    "ix_tickets_category": ("tickets", ["office_id", "category", "id"]),
    "ix_tickets_status_id": ("tickets", ["office_id", "status", "id"]),
    "ix_attachments_conversation": ("attachments", ["office_id", "conversation_id"]),
    "ix_turns_latest": ("turns", ["office_id", "conversation_id", "created_at"]),
}
_PARTIAL = {
    "ix_turns_misconduct": (
        "turns",
        ["office_id", "conversation_id", "created_at"],
        "intent IN ('complaint/levy_gratification', 'complaint/staff_conduct')",
    ),
    "ix_outbound_operator": (
        "outbound_messages",
        ["office_id", "conversation_id", "id"],
        "author = 'operator'",
    ),
}


def upgrade() -> None:
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    for name, (table, columns) in _INDEXES.items():
        op.create_index(name, table, columns, unique=False)
    for name, (table, columns, of) in _PARTIAL.items():
        where = sa.text(of)
        op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    for name, (table, _) in _INDEXES.items():
        op.drop_index(name, table)
    for name, (table, _, _) in _PARTIAL.items():
        op.drop_index(name, table)
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_column("told_at")
