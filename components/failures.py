"""What can go wrong with a turn, and what the worker should do about it.

ChannelError                    `status` for HTTP, `code` for the worker, `retryable`
├── BadTurn                     the request itself is wrong; the same request fails again
├── UnknownStore                the configured tracker store cannot forget a conversation
└── TurnFailed                  nothing was saved; send the same turn again
    ├── NotReady                no model is loaded yet
    ├── Busy                    the conversation's lock was not free in time, or the turn too slow
    └── ActionsFailed           an action raised, is unknown, or its server did not answer

ActionFailed                    internal, see there
"""

from __future__ import annotations


class ChannelError(Exception):
    """Something the caller of the channel is told about."""

    status = 500
    code = "error"
    retryable = False


class BadTurn(ChannelError):
    """The request does not have the agreed shape; `field` names the part."""

    status = 400
    code = "bad_turn"

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class UnknownStore(ChannelError):
    """The tracker store has no way to delete a conversation."""

    status = 501
    code = "store_cannot_forget"


class TurnFailed(ChannelError):
    """The turn ended in an error and left no trace in the tracker."""

    code = "turn_failed"
    retryable = True


class NotReady(TurnFailed):
    """The server has no model yet."""

    status = 503
    code = "not_ready"


class Busy(TurnFailed):
    """The conversation is still occupied, or the turn took too long."""

    status = 503
    code = "busy"


class ActionsFailed(TurnFailed):
    """An action could not be carried out."""

    status = 502
    code = "actions_failed"


class ActionFailed(BaseException):
    """Carries a failed action through Rasa to the end of the turn.

    Rasa logs an action's exception and goes on as if the action had done nothing, in two places
    that catch `Exception`. Like `asyncio.CancelledError`, this one is not an `Exception`, so that
    it ends the turn instead. It never leaves `components.turns`.
    """

    def __init__(self, action: str, reason: str) -> None:
        super().__init__(f"{action}: {reason}")
        self.action = action
        self.reason = reason
