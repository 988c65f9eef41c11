"""Asks for many rows by key with one and the same statement, however many there are."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, any_, bindparam
from sqlalchemy.orm import InstrumentedAttribute, Session


def among(
    session: Session, column: InstrumentedAttribute[Any], keys: Collection[UUID]
) -> ColumnElement[bool]:
    """`column IN keys`. PostgreSQL gets them as one array: a statement with many parameters, and
    another one for each number of them, is taken apart anew every time.
    """
    if session.get_bind().dialect.name != "postgresql":
        return column.in_(keys)
    array = bindparam(None, list(keys), type_=ARRAY(column.type), unique=True)
    return column == any_(array)
