"""A message of ours knows whose news it tells.

Revision 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbound_messages", sa.Column("ticket_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbound_messages", "ticket_id")
