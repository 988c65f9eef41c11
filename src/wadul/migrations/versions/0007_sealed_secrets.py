"""Room for second factors that are sealed.

Revision 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("second_factors", schema=None) as batch_op:
        batch_op.alter_column("secret", existing_type=sa.String(64), type_=sa.Text())


def downgrade() -> None:
    """Sealed ones do not fit: who has one sets it up anew."""
    op.execute("DELETE FROM second_factors WHERE length(secret) > 64")
    with op.batch_alter_table("second_factors", schema=None) as batch_op:
        batch_op.alter_column("secret", existing_type=sa.Text(), type_=sa.String(64))
