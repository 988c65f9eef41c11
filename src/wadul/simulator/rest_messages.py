"""`/2010-04-01/Accounts/{sid}/Messages`: take, list, show."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from wadul.simulator import problems
from wadul.simulator.choices import numbered
from wadul.simulator.contents import Rendered, problem_with, render
from wadul.simulator.faults import SendFault
from wadul.simulator.problems import LaterProblem, Problem
from wadul.simulator.rest import Rest, pairs_of
from wadul.simulator.world import Choice, Direction, Message, Status, new_sid

BODY_LIMIT = 1600
WINDOW_SECONDS = 24 * 3600
LOST_SECONDS = 60  # longer than anybody waits for an answer
# Meta's pattern for people who hide their number, next to E.164.
ADDRESS = re.compile(r"whatsapp:(\+[1-9]\d{6,14}|[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]+)")


class Messages:
    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._world = rest.world

    async def create(self, request: Request) -> Response:
        """Answers 201 and starts the delivery, unless a fault or a mistake comes first."""
        pairs = await pairs_of(request)
        form = dict(pairs)
        fault = self._world.next_send_fault()
        slow = self._world.faults.slow
        if fault in (SendFault.busy, SendFault.broken, SendFault.unavailable):
            await self._world.pause(slow)
            status = int(fault.value)
            raise problems.busy() if status == 429 else problems.broken(status)
        if fault is SendFault.window_now:
            raise Problem(400, problems.WINDOW.code, problems.WINDOW.message)
        message, later = self._take(form, [v for k, v in pairs if k == "MediaUrl"])
        if fault is SendFault.window_later:
            later = problems.WINDOW
        if fault is SendFault.blocked:
            later = problems.UNREACHABLE
        self._world.put(message)
        self._world.start(self._rest.delivery.run(message, later, form.get("StatusCallback", "")))
        # The message is under way before the answer is, so a slow answer is an ambiguous one.
        await self._world.pause(LOST_SECONDS if fault is SendFault.lost else slow)
        return JSONResponse(self._resource(message, Status.queued), 201)

    async def index(self, request: Request) -> Response:
        """Newest first, filtered and paged as Twilio does."""
        query = request.query_params
        kept = [
            m
            for m in reversed(self._world.messages.values())
            if query.get("To", _to(m)) == _to(m) and query.get("From", _from(m)) == _from(m)
        ]
        for name, keep in DATE_FILTERS.items():
            if query.get(name):
                bound = _moment(query[name])
                kept = [m for m in kept if keep(m.at, bound)]
        size = min(max(_number(query.get("PageSize"), 50), 1), 1000)
        page = max(_number(query.get("Page"), 0), 0)
        rows = kept[page * size : (page + 1) * size]
        more = len(kept) > (page + 1) * size
        following = urlencode({**query, "PageSize": size, "Page": page + 1})
        return JSONResponse(
            {
                "messages": [self._resource(m, m.status) for m in rows],
                "page": page,
                "page_size": size,
                "start": page * size,
                "end": page * size + max(len(rows) - 1, 0),
                "uri": request.url.path,
                "first_page_uri": f"{request.url.path}?{urlencode({'PageSize': size, 'Page': 0})}",
                "previous_page_uri": None,
                "next_page_uri": f"{request.url.path}?{following}" if more else None,
            }
        )

    async def show(self, request: Request) -> Response:
        message = self._world.messages.get(request.path_params["sid"])
        if message is None:
            raise problems.not_found(request.url.path)
        return JSONResponse(self._resource(message, message.status))

    async def delete(self, request: Request) -> Response:
        if self._world.messages.pop(request.path_params["sid"], None) is None:
            raise problems.not_found(request.url.path)
        return Response(status_code=204)

    def _take(self, form: dict[str, str], links: list[str]) -> tuple[Message, LaterProblem | None]:
        """The message as the phone will show it, and what WhatsApp will say against it."""
        to, body = form.get("To", ""), form.get("Body", "")
        if not to:
            raise problems.missing_to()
        if not ADDRESS.fullmatch(to):
            raise problems.bad_to(to)
        office = self._sender(form)
        if len(body) > BODY_LIMIT:
            raise problems.too_long()
        content_sid = form.get("ContentSid", "")
        if not (body.strip() or links or content_sid):
            raise problems.no_body()
        now = self._world.clock.now()
        last = self._world.last_inbound(to, office)
        open_window = last is not None and (now - last).total_seconds() <= WINDOW_SECONDS
        later = None if open_window else problems.WINDOW
        shown, approved = Rendered(body=body, links=links), False
        if content_sid:
            content = self._world.contents.get(content_sid)
            if content is None:
                raise problems.bad_content_sid()
            given = _variables(form.get("ContentVariables", ""))
            shown, approved = render(content, given), content.approved
            if content.opens_conversation:
                later = None
            later = later or problem_with(content, shown, given)
        message = Message(
            sid=new_sid("MM" if shown.links else "SM"),
            direction=Direction.outbound,
            address=to,
            office=office,
            body=shown.body,
            at=now,
            status=Status.queued,
            links=shown.links,
            location=shown.location,
            content_sid=content_sid,
            approved=approved,
            choices=[Choice(*row) for row in shown.rows] or numbered(shown.body),
            choice_style=shown.style or "chips",
            choice_label=shown.label,
        )
        return message, later

    def _sender(self, form: dict[str, str]) -> str:
        known = [o.address for o in self._rest.offices]
        sender = form.get("From", "")
        if not sender and form.get("MessagingServiceSid", "").startswith("MG"):
            return known[0]
        if not sender:
            raise problems.missing_from()
        if sender not in known:
            raise problems.bad_from()
        return sender

    def _resource(self, message: Message, status: Status) -> dict[str, Any]:
        account = self._rest.settings.account_sid
        inbound = message.direction is Direction.inbound
        uri = f"/2010-04-01/Accounts/{account}/Messages/{message.sid}"
        stamp = _rfc2822(message.at)
        return {
            "sid": message.sid,
            "account_sid": account,
            "messaging_service_sid": None,
            "to": _to(message),
            "from": _from(message),
            "body": message.body,
            "status": "received" if inbound else status.value,
            "direction": message.direction.value,
            "num_media": str(len(message.media) + len(message.links)),
            "num_segments": "1",
            "api_version": "2010-04-01",
            "date_created": stamp,
            "date_sent": None if status is Status.queued else stamp,
            "date_updated": _rfc2822(message.updated or message.at),
            "error_code": None if inbound else message.error_code,
            "error_message": None if inbound else message.error_message,
            "price": None,
            "price_unit": "USD",
            "uri": f"{uri}.json",
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }


def _to(message: Message) -> str:
    return message.office if message.direction is Direction.inbound else message.address


def _from(message: Message) -> str:
    return message.address if message.direction is Direction.inbound else message.office


def _variables(raw: str) -> dict[str, str]:
    if not raw:
        return {}
    try:
        loaded = json.loads(raw)
    except ValueError:
        raise problems.bad_content_variables() from None
    if not isinstance(loaded, dict):
        raise problems.bad_content_variables()
    return {str(key): str(value) for key, value in loaded.items()}


def _number(raw: str | None, default: int) -> int:
    return int(raw) if raw is not None and raw.isdecimal() else default


def _moment(raw: str) -> datetime:
    try:
        found = datetime.fromisoformat(raw)
    except ValueError:
        raise problems.invalid_parameter(f"{raw} is not a date") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _rfc2822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0))


# Twilio writes `DateSent>=x` as the field `DateSent>`; a message counts from its whole second.
DATE_FILTERS: dict[str, Callable[[datetime, datetime], bool]] = {
    "DateSent": lambda at, day: at.astimezone(UTC).date() == day.astimezone(UTC).date(),
    "DateSent<": lambda at, bound: at.replace(microsecond=0) <= bound,
    "DateSent>": lambda at, bound: at.replace(microsecond=0) >= bound.replace(microsecond=0),
}
