"""Twilio's errors as the REST API answers them, and as a later status callback reports them.

Problem            an HTTP answer with a Twilio code
LaterProblem       taken with 201; the status callback brings the code
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import JSONResponse


@dataclass
class Problem(Exception):
    """Sent instead of a result; `retry_after` in seconds."""

    status: int
    code: int
    message: str
    retry_after: int | None = None

    def response(self) -> JSONResponse:
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else None
        return JSONResponse(
            {
                "code": self.code,
                "message": self.message,
                "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
                "status": self.status,
            },
            self.status,
            headers,
        )


@dataclass(frozen=True)
class LaterProblem:
    code: int
    message: str


def authenticate() -> Problem:
    return Problem(401, 20003, "Authenticate")


def not_found(path: str) -> Problem:
    return Problem(404, 20404, f"The requested resource {path} was not found")


def invalid_parameter(message: str) -> Problem:
    return Problem(400, 20001, message)


def bad_to(to: str) -> Problem:
    return Problem(400, 21211, f"The 'To' number {to} is not a valid phone number.")


def missing_to() -> Problem:
    return Problem(400, 21604, "A 'To' phone number is required.")


def bad_from() -> Problem:
    return Problem(400, 63007, "Twilio could not find a Channel with the specified From address")


def missing_from() -> Problem:
    return Problem(400, 21603, "A 'From' phone number is required.")


def no_body() -> Problem:
    return Problem(400, 21619, "A text message body or media urls must be specified.")


def too_long() -> Problem:
    return Problem(400, 21617, "The concatenated message body exceeds the 1600 character limit.")


def bad_content_sid() -> Problem:
    return Problem(400, 21655, "The ContentSid is invalid.")


def bad_content_variables() -> Problem:
    return Problem(400, 21656, "The ContentVariables parameter is invalid.")


def busy() -> Problem:
    return Problem(429, 20429, "Too Many Requests", retry_after=2)


def broken(status: int) -> Problem:
    return Problem(status, 20500, "Internal server error")


WINDOW = LaterProblem(
    63016,
    "Failed to send freeform message because you are outside the allowed window. "
    "If you are using WhatsApp, please use a Message Template.",
)
UNREACHABLE = LaterProblem(63024, "Invalid message recipient")
BAD_CONTENT = LaterProblem(63021, "Channel invalid content error")
POLICY = LaterProblem(
    63013, "This message send failed because it violates Channel provider's policy."
)
