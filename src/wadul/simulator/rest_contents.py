"""`/v1/Content`: templates and interactive messages, and WhatsApp's approval (given at once)."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from wadul.simulator import problems
from wadul.simulator.contents import SESSION_ONLY, Content
from wadul.simulator.rest import Rest
from wadul.simulator.world import new_sid


class ContentApi:
    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._world = rest.world

    async def create(self, request: Request) -> Response:
        body = await _json_object(request)
        types = body.get("types")
        if not isinstance(types, dict) or not types:
            raise problems.invalid_parameter("types is required")
        if not all(isinstance(value, dict) for value in types.values()):
            raise problems.invalid_parameter("types: every type is an object")
        content = Content(
            sid=new_sid("HX"),
            friendly_name=str(body.get("friendly_name") or ""),
            language=str(body.get("language") or "id"),
            types=types,
            variables={str(k): str(v) for k, v in (body.get("variables") or {}).items()},
            created=self._world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        self._world.contents.put(content)
        return JSONResponse(self._resource(content), 201)

    async def index(self, request: Request) -> Response:
        rows = [self._resource(c) for c in self._world.contents]
        return JSONResponse(
            {
                "contents": rows,
                "meta": {
                    "page": 0,
                    "page_size": max(len(rows), 50),
                    "key": "contents",
                    "url": str(request.url),
                    "first_page_url": str(request.url),
                    "previous_page_url": None,
                    "next_page_url": None,
                },
            }
        )

    async def show(self, request: Request) -> Response:
        return JSONResponse(self._resource(self._find(request)))

    async def delete(self, request: Request) -> Response:
        if not self._world.contents.remove(request.path_params["sid"]):
            raise problems.not_found(request.url.path)
        return Response(status_code=204)

    async def approve(self, request: Request) -> Response:
        content = self._find(request)
        body = await _json_object(request)
        if SESSION_ONLY.intersection(content.types):
            raise problems.invalid_parameter("This content type cannot be submitted for approval")
        content.approved = True
        self._world.contents.put(content)
        return JSONResponse(
            {
                "name": body.get("name"),
                "category": body.get("category"),
                "content_type": next(iter(content.types)),
                "status": "received",
                "rejection_reason": "",
                "allow_category_change": True,
            },
            201,
        )

    async def approval(self, request: Request) -> Response:
        content = self._find(request)
        whatsapp = {
            "type": "whatsapp",
            "name": content.friendly_name,
            "category": "UTILITY",
            "content_type": next(iter(content.types)),
            "status": "approved" if content.approved else "unsubmitted",
            "rejection_reason": "",
            "allow_category_change": True,
        }
        return JSONResponse(
            {
                "sid": content.sid,
                "account_sid": self._rest.settings.account_sid,
                "whatsapp": whatsapp,
                "url": str(request.url),
            }
        )

    def _find(self, request: Request) -> Content:
        content = self._world.contents.get(request.path_params["sid"])
        if content is None:
            raise problems.not_found(request.url.path)
        return content

    def _resource(self, content: Content) -> dict[str, Any]:
        url = f"{self._rest.settings.simulator_url}/v1/Content/{content.sid}"
        return {
            "sid": content.sid,
            "account_sid": self._rest.settings.account_sid,
            "friendly_name": content.friendly_name,
            "language": content.language,
            "variables": content.variables,
            "types": content.types,
            "date_created": content.created or None,
            "date_updated": content.created or None,
            "url": url,
            "links": {
                "approval_create": f"{url}/ApprovalRequests/whatsapp",
                "approval_fetch": f"{url}/ApprovalRequests",
            },
        }


async def _json_object(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        raise problems.invalid_parameter("The body is not JSON") from None
    if not isinstance(body, dict):
        raise problems.invalid_parameter("The body is not a JSON object")
    return body
