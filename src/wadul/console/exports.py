"""What can be taken along as a file: the tickets that the table shows, as CSV."""

from __future__ import annotations

from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from wadul.console.desk import Desk
from wadul.console.door import Door
from wadul.console.ticket_csv import MOST, file_name, write_csv
from wadul.console.ticket_query import FILTER_KEYS, read_filter
from wadul.core.dates import local_date
from wadul.exceptions import NotPermitted
from wadul.queries.ticket_export import Portion, count_fitting, list_portion
from wadul.usecases.ticket_exports import note_export

TICKETS_CSV = "/laporan.csv"


class Exports:
    """`most`: lines of one file."""

    def __init__(self, door: Door, most: int = MOST) -> None:
        self._door = door
        self._most = most

    def routes(self) -> list[Route]:
        return [Route(TICKETS_CSV, self.tickets, methods=["GET"])]

    async def tickets(self, request: Request) -> Response:
        """The tickets of the table's own address, as a file; noted before the first line."""
        desk = await self._door.desk(request)
        if desk is None:
            raise HTTPException(401)
        try:
            return await self._tickets(desk, dict(request.query_params))
        except NotPermitted:
            raise HTTPException(403) from None

    async def _tickets(self, desk: Desk, query: dict[str, str]) -> Response:
        now, office = desk.now(), desk.office
        wanted, today = read_filter(query), local_date(now, office.timezone)

        async def ask(below: UUID | None, size: int) -> Portion:
            return await desk.look(list_portion, wanted, today=today, below=below, size=size)

        count = await desk.look(count_fitting, wanted, today=today, most=self._most)
        chosen = {key: query[key] for key in FILTER_KEYS if query.get(key)}
        await desk.act(note_export, chosen, count=count, now=now)
        name = file_name(office.id, now, office.zone)
        return StreamingResponse(
            write_csv(ask, office.zone, self._most),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
