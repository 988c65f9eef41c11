"""An entry of SQLite's audit log cannot be replaced either: REPLACE passes the other triggers.

Revision 0010.
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute(
        "CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries WHEN EXISTS "
        "(SELECT 1 FROM audit_entries WHERE rowid = NEW.rowid "
        "OR (office_id = NEW.office_id AND number = NEW.number)) "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_entries_no_replace")
