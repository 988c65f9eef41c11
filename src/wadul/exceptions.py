"""What can go wrong, and what to do about it.

WadulError
├── InvalidInput            the caller gave something that cannot be; say it to them
│   ├── OfficeContentError  (wadul.office) an office file is wrong
│   └── MoveNotAllowed      the ticket's status does not allow this move
├── NotFound                no such row, or not for this person: both look the same
├── NotPermitted            the role does not allow it
├── Conflict                somebody else changed it first; reload and decide again
└── TemporaryFailure        try again later (retryable)
    ├── RasaUnavailable     Rasa or the action server did not complete the turn
    └── DatabaseUnavailable the database is locked or gone
"""

from __future__ import annotations


class WadulError(Exception):
    """Something went wrong in Wadul."""

    retryable = False
    code = "error"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class InvalidInput(WadulError):
    """The input cannot be used."""

    code = "invalid_input"


class MoveNotAllowed(InvalidInput):
    """The ticket's status does not allow this move."""

    code = "move_not_allowed"


class NotFound(WadulError):
    """There is no such thing here."""

    code = "not_found"


class NotPermitted(WadulError):
    """The role does not allow this."""

    code = "not_permitted"


class Conflict(WadulError):
    """Somebody else changed this first."""

    code = "conflict"


class TemporaryFailure(WadulError):
    """Try again later."""

    retryable = True
    code = "temporary_failure"


class RasaUnavailable(TemporaryFailure):
    """Rasa did not complete the turn."""

    code = "rasa_unavailable"


class DatabaseUnavailable(TemporaryFailure):
    """The database is locked or gone."""

    code = "database_unavailable"
