"""The one table of moves between ticket statuses, and what residents read."""

from __future__ import annotations

from wadul.core.states import TicketStatus as S
from wadul.exceptions import InvalidInput, MoveNotAllowed

LABELS: dict[S, str] = {
    S.RECEIVED: "Diterima",
    S.VERIFIED: "Diverifikasi",
    S.NEEDS_INFO: "Menunggu data Anda",
    S.FORWARDED: "Diteruskan",
    S.IN_PROGRESS: "Diproses",
    S.ANSWERED: "Sudah dijawab",
    S.CLOSED: "Selesai",
    S.REOPENED: "Dibuka kembali",
    S.DUPLICATE: "Digabung",
    S.OUT_OF_SCOPE: "Bukan kewenangan kami",
    S.REJECTED: "Tidak dapat diproses",
    S.WITHDRAWN: "Dicabut",
}

_EXITS = frozenset({S.DUPLICATE, S.OUT_OF_SCOPE, S.REJECTED, S.WITHDRAWN})
_WORK = frozenset({S.NEEDS_INFO, S.FORWARDED, S.IN_PROGRESS, S.ANSWERED})
ENDED = _EXITS | {S.CLOSED}

MOVES: dict[S, frozenset[S]] = {
    S.RECEIVED: frozenset({S.VERIFIED, S.NEEDS_INFO}) | _EXITS,
    S.VERIFIED: _WORK | _EXITS,
    S.NEEDS_INFO: frozenset({S.VERIFIED, S.FORWARDED, S.IN_PROGRESS, S.ANSWERED}) | _EXITS,
    S.FORWARDED: _WORK | _EXITS,
    S.IN_PROGRESS: _WORK | _EXITS,
    S.ANSWERED: frozenset({S.CLOSED, S.IN_PROGRESS, S.NEEDS_INFO, S.REOPENED, S.WITHDRAWN}),
    S.CLOSED: frozenset({S.REOPENED}),
    S.REOPENED: frozenset({S.VERIFIED}) | _WORK | _EXITS,
    S.DUPLICATE: frozenset({S.REOPENED}),
    S.OUT_OF_SCOPE: frozenset({S.REOPENED}),
    S.REJECTED: frozenset({S.REOPENED}),
    S.WITHDRAWN: frozenset({S.REOPENED}),
}

_NEEDS_A_REASON = {
    S.OUT_OF_SCOPE: "tell to which office it was passed",
    S.REJECTED: "give a reason",
    S.DUPLICATE: "name the ticket that it was merged into",
}


def is_open(status: S) -> bool:
    return status not in ENDED


def check_move(current: S, wanted: S, reason: str = "") -> None:
    """Raises `MoveNotAllowed`, or `InvalidInput` where the move wants a reason and has none."""
    if wanted not in MOVES[current]:
        raise MoveNotAllowed(f"a ticket that is {current} cannot become {wanted}")
    if wanted in _NEEDS_A_REASON and not reason.strip():
        raise InvalidInput(f"to make a ticket {wanted}, {_NEEDS_A_REASON[wanted]}")
