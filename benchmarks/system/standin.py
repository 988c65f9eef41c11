"""A Twilio that takes 150 ms for every send and remembers when it accepted what, for both systems.

Runs as its own process: `python -m benchmarks.system.standin PORT LATENCY_SECONDS`.
`GET /accepted` answers {address: [seconds since the epoch, …]}; `POST /forget` empties it.
"""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from collections import defaultdict

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


def create_app(latency: float) -> Starlette:
    accepted: dict[str, list[float]] = defaultdict(list)

    async def send(request: Request) -> Response:
        form = await request.form()
        await asyncio.sleep(latency)
        to = str(form.get("To", ""))
        accepted[to].append(time.time())
        sid = "SM" + uuid.uuid4().hex
        return JSONResponse({"sid": sid, "status": "queued", "to": to}, status_code=201)

    async def listed(_request: Request) -> Response:
        return JSONResponse({"messages": [], "next_page_uri": None})

    async def seen(_request: Request) -> Response:
        return JSONResponse(accepted)

    async def forget(_request: Request) -> Response:
        accepted.clear()
        return Response(status_code=204)

    messages = "/2010-04-01/Accounts/{account}/Messages.json"
    return Starlette(
        routes=[
            Route(messages, send, methods=["POST"]),
            Route(messages, listed, methods=["GET"]),
            Route("/accepted", seen),
            Route("/forget", forget, methods=["POST"]),
        ]
    )


if __name__ == "__main__":
    uvicorn.run(create_app(float(sys.argv[2])), port=int(sys.argv[1]), log_level="error")
