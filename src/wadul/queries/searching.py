"""Words that people type into a search field, as conditions; the same on both databases.

PostgreSQL looks words up in an index (the beginning of each word is enough). SQLite's offices are
small enough to be read through.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from wadul.models import Contact

_WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 8


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.lower())[:MOST_WORDS]


def has_words(
    session: Session, column: InstrumentedAttribute[str], text: str
) -> ColumnElement[bool] | None:
    """Every word is in the column; None if there is no word in `text`."""
    words = words_of(text)
    if not words:
        return None
    if session.get_bind().dialect.name == "postgresql":
        query = " & ".join(f"{word}:*" for word in words)
        vector: Any = func.to_tsvector(literal_column("'simple'"), column)
        matches: ColumnElement[bool] = vector.op("@@")(
            func.to_tsquery(literal_column("'simple'"), query)
        )
        return matches
    return and_(*(column.icontains(word, autoescape=True) for word in words))


def is_contact(text: str) -> ColumnElement[bool]:
    """A name as it is written, or the digits of a number."""
    name = Contact.profile_name.icontains(text.strip(), autoescape=True)
    digits = re.sub(r"[\s\-.()+]", "", text)
    if not digits.isdigit() or len(digits) < 4:
        return name
    return or_(name, Contact.address.contains(digits.removeprefix("0"), autoescape=True))
