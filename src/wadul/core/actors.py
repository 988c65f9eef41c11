"""Who acts at the console, and what each role may do: the one table of permissions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from wadul.core.states import Role
from wadul.exceptions import NotPermitted


class Power(StrEnum):
    READ_CONVERSATIONS = "read_conversations"
    ANSWER = "answer"  # take conversations over, write, hand back, keep notes
    WORK_TICKETS = "work_tickets"  # move, answer, merge, split, close
    SEE_SUPERVISORY = "see_supervisory"  # tickets that allege misconduct
    LEAD = "lead"  # assign others, take from a colleague, canned replies, hours
    ADMINISTER = "administer"  # users, templates, service content
    READ_AUDIT = "read_audit"
    TRAIN = "train"  # label messages (masked), change the language data, change the model


_DESK = frozenset({Power.READ_CONVERSATIONS, Power.ANSWER, Power.WORK_TICKETS})

POWERS: dict[Role, frozenset[Power]] = {
    Role.OPERATOR: _DESK,
    Role.SUPERVISOR: _DESK | {Power.LEAD, Power.READ_AUDIT},
    Role.TRAINER: frozenset({Power.TRAIN}),
    Role.INSPECTOR: _DESK | {Power.SEE_SUPERVISORY, Power.READ_AUDIT},
    Role.ADMIN: _DESK | {Power.LEAD, Power.ADMINISTER, Power.READ_AUDIT, Power.TRAIN},
}

SECOND_FACTOR_REQUIRED = frozenset({Role.SUPERVISOR, Role.INSPECTOR, Role.ADMIN})
ON_DUTY_ROLES = frozenset({Role.OPERATOR, Role.SUPERVISOR})  # residents are queued for these


@dataclass(frozen=True)
class Actor:
    """A person who is logged in, as every use case of the console gets them."""

    user_id: UUID
    office_id: str
    name: str
    full_name: str
    role: Role
    on_duty: bool = False

    def may(self, power: Power) -> bool:
        return power in POWERS[self.role]

    def require(self, power: Power) -> None:
        """Raises `NotPermitted`."""
        if not self.may(power):
            raise NotPermitted(f"the role {self.role} may not: {power}")

    @property
    def sees_supervisory(self) -> bool:
        return self.may(Power.SEE_SUPERVISORY)


@dataclass(frozen=True)
class Administrator:
    """Whoever may run commands on the machine itself: nothing of an office is hidden from them."""

    office_id: str
    name: str = "administrator"
    user_id: UUID | None = None

    @property
    def sees_supervisory(self) -> bool:
        return True

    def require(self, power: Power) -> None:
        """They may."""


Viewer = Actor | Administrator
