"""Who asked not to be known: one anonymous ticket masks the resident at all of them.

Otherwise the way from an anonymous ticket over the conversation to another would tell who it is.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from wadul.models import Ticket


def is_masked(office_id: Any, conversation_id: Any) -> ColumnElement[bool]:
    """Of the conversation, by columns of the query around it; an index answers."""
    anonymous = aliased(Ticket)
    return exists().where(
        anonymous.office_id == office_id,
        anonymous.conversation_id == conversation_id,
        anonymous.anonymous,
    )
