"""What a resident does on the phone: write, tap, send a file or a place. Each ends in a webhook."""

from __future__ import annotations

from typing import Any

from wadul.settings import Settings
from wadul.simulator.gateway_client import INBOUND_PATH, Answer, GatewayClient
from wadul.simulator.samples import Sample
from wadul.simulator.webhook_form import inbound_form
from wadul.simulator.world import Direction, Media, Message, Resident, Status, World, new_sid

KINDS = {"image": "image", "audio": "audio", "video": "video"}  # by the first half of the type


class Phone:
    def __init__(self, settings: Settings, world: World, gateway: GatewayClient) -> None:
        self._settings = settings
        self._world = world
        self._gateway = gateway

    async def text(self, resident: Resident, office: str, text: str, reply_to: str = "") -> Message:
        message = self._new(resident, office, "text", body=text, reply_to=reply_to)
        return await self._send(resident, message)

    async def file(
        self, resident: Resident, office: str, sample: Sample, caption: str = ""
    ) -> Message:
        message = self._new(resident, office, sample.kind, body=caption, prefix="MM")
        media = Media(
            sid=new_sid("ME"),
            message_sid=message.sid,
            content_type=sample.content_type,
            filename=sample.filename,
            data=sample.data,
            created=message.at,
            defect=self._world.next_media_defect(),
        )
        self._world.media[media.sid] = media
        message.media.append(media)
        return await self._send(resident, message)

    async def location(self, resident: Resident, office: str, place: dict[str, Any]) -> Message:
        message = self._new(resident, office, "location")
        message.location = place
        return await self._send(resident, message)

    async def tap(self, resident: Resident, asked: Message, value: str) -> Message:
        """Choose a button, a list row, or a numbered line (which is simply typed)."""
        choice = next((c for c in asked.choices if c.value == value), None)
        if choice is None:
            raise LookupError(value)
        if asked.choice_style == "chips":
            return await self.text(resident, asked.office, choice.value)
        if asked.choice_style == "list":
            tapped = {"ListId": choice.value, "ListTitle": choice.title}
            if choice.description:
                tapped["ListDescription"] = choice.description
        else:
            tapped = {"ButtonText": choice.title, "ButtonPayload": choice.value}
            if asked.approved:
                tapped["MessageType"] = "button"
        message = self._new(resident, asked.office, "text", body=choice.title, reply_to=asked.sid)
        return await self._send(resident, message, tapped)

    async def again(self, message: Message) -> Answer:
        """The same webhook once more, as Twilio does after a time-out."""
        answer = await self._gateway.post(INBOUND_PATH, message.form)
        self._world.note(
            "Twilio → gateway", "webhook yang sama", answer.words, answer.ok, answer.milliseconds
        )
        if answer.ok and message.status is Status.rejected:
            message.status = Status.accepted
            self._world.put(message)
        return answer

    async def forged(self, resident: Resident, office: str) -> Answer:
        """A webhook with a signature that somebody without the token made up."""
        message = self._new(resident, office, "text", body="Pesan palsu")
        form = inbound_form(
            self._settings.account_sid, resident, message, self._settings.simulator_url
        )
        answer = await self._gateway.post(INBOUND_PATH, form, signature="cGFsc3UgcGFsc3UgcGFsc3U=")
        refused = answer.status == 403
        self._world.note(
            "Pemalsu → gateway", "webhook palsu", answer.words, refused, answer.milliseconds
        )
        return answer

    def _new(
        self,
        resident: Resident,
        office: str,
        kind: str,
        body: str = "",
        reply_to: str = "",
        prefix: str = "SM",
    ) -> Message:
        return Message(
            sid=new_sid(prefix),
            direction=Direction.inbound,
            address=resident.address,
            office=office,
            body=body.encode("utf-8", "replace").decode(),
            at=self._world.clock.now(),
            status=Status.sending,
            kind=kind,
            reply_to=reply_to,
        )

    async def _send(
        self, resident: Resident, message: Message, tapped: dict[str, str] | None = None
    ) -> Message:
        message.form = inbound_form(
            self._settings.account_sid, resident, message, self._settings.simulator_url, tapped
        )
        self._world.put(message)
        answer = await self._gateway.post(INBOUND_PATH, message.form)
        if message.status is Status.sending:  # a quick office may have answered meanwhile
            message.status = Status.accepted if answer.ok else Status.rejected
        if not answer.ok:
            message.error_code = 11200
            message.error_message = f"Gateway: {answer.words}"
        self._world.put(message)
        self._world.note(
            "Twilio → gateway",
            f"pesan masuk ({message.kind})",
            answer.words,
            answer.ok,
            answer.milliseconds,
        )
        return message


def kind_of(content_type: str) -> str:
    return KINDS.get(content_type.partition("/")[0], "document")
