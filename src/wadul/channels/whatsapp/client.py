"""Sends WhatsApp messages through Twilio's official library."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Protocol

from twilio.rest import Client

from wadul.channels.sending import Accepted, Found, OutgoingMessage, Refused, SendError
from wadul.channels.whatsapp.content import NativeContent, native_content
from wadul.channels.whatsapp.errors import OF_CONTENT
from wadul.channels.whatsapp.http import TwilioHttp
from wadul.settings import Settings

STATUS_PATH = "/webhooks/twilio/status"
_LISTED = 20  # latest messages looked through for an ambiguous one
_CLOCK_SLACK = timedelta(minutes=2)


class ContentIds(Protocol):
    """Remembers the Content resources that were made, by office and fingerprint."""

    async def get(self, office_id: str, fingerprint: str) -> str | None: ...

    async def put(self, office_id: str, fingerprint: str, external_id: str) -> None: ...


class WhatsAppSender:
    """Implements `Sender` and `Finder`. Make it inside a running event loop; close it after."""

    def __init__(self, settings: Settings, content_ids: ContentIds) -> None:
        self._http = TwilioHttp(
            {
                "https://api.twilio.com": settings.api_url,
                "https://content.twilio.com": settings.content_url,
            },
            timeout=settings.twilio_timeout_seconds,
        )
        self._client = Client(
            settings.account_sid,
            settings.auth_token,
            http_client=self._http,
            environment={"TWILIO_REGION": ""},  # instead of the process's own variables
        )
        self._content_ids = content_ids
        self._native_choices = settings.native_choices
        self._service = settings.twilio_messaging_service_sid
        # A stand-in keeps its own time, which the simulator may move.
        self._trusts_dates = not settings.simulated
        self._status_url = _status_url(settings)

    async def send(self, message: OutgoingMessage) -> Accepted:
        if self._native_choices and message.choices and message.template is None:
            content = native_content(message.text, message.choices)
            if content is not None:
                try:
                    return await self._send_native(message, content)
                except Refused as error:
                    if error.code not in OF_CONTENT:
                        raise
        return await self._create(message, **self._plain(message))

    async def find(self, message: OutgoingMessage, since: datetime | None) -> list[Found]:
        rows = await self._client.messages.list_async(
            to=message.address, limit=_LISTED, page_size=_LISTED
        )
        earliest = since - _CLOCK_SLACK if since and self._trusts_dates else None
        return [
            Found(row.sid, same_text=_same(row.body, message.text))
            for row in reversed(rows)
            if row.sid and not _before(row.date_created, earliest) and self._is_ours(row, message)
        ]

    async def close(self) -> None:
        await self._http.close()

    async def _send_native(self, message: OutgoingMessage, content: NativeContent) -> Accepted:
        """Raises `Refused` with a code of content if it cannot go like this."""
        known = await self._content_ids.get(message.office_id, content.fingerprint)
        content_id = known or await self._make_content(message.office_id, content)
        return await self._create(
            message, content_sid=content_id, content_variables=content.variables(message.text)
        )

    async def _make_content(self, office_id: str, content: NativeContent) -> str:
        try:
            made = await self._client.content.v1.contents.create_async(content.request())
        except SendError as error:
            # Nothing was sent yet, so that every failure here means: go on as plain text.
            raise Refused("21655") from error
        await self._content_ids.put(office_id, content.fingerprint, str(made.sid))
        return str(made.sid)

    @staticmethod
    def _plain(message: OutgoingMessage) -> dict[str, Any]:
        if message.template is None:
            return {"body": message.text}
        fields = {"content_sid": message.template.external_id}
        if message.template.variables:
            fields["content_variables"] = json.dumps(
                dict(message.template.variables), ensure_ascii=False
            )
        return fields

    async def _create(self, message: OutgoingMessage, **fields: Any) -> Accepted:
        if self._service:
            fields["messaging_service_sid"] = self._service
        else:
            fields["from_"] = message.office_address
        if self._status_url:
            fields["status_callback"] = self._status_url
        if message.media_url:
            fields["media_url"] = [message.media_url]
        made = await self._client.messages.create_async(to=message.address, **fields)
        return Accepted(str(made.sid))

    def _is_ours(self, row: Any, message: OutgoingMessage) -> bool:
        if not str(row.direction or "outbound").startswith("outbound"):
            return False
        return bool(self._service) or row.from_ == message.office_address


def _same(one: str | None, other: str) -> bool:
    """Whatever a provider does to white space."""
    return (one or "").split() == other.split()


def _before(moment: datetime | None, earliest: datetime | None) -> bool:
    return moment is not None and earliest is not None and moment < earliest


def _status_url(settings: Settings) -> str:
    """Twilio refuses callback addresses that it cannot reach; the simulator reaches loopback."""
    url = settings.signed_url + STATUS_PATH
    return url if settings.simulated or url.startswith("https://") else ""
