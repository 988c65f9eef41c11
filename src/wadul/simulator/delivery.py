"""What happens to a message that Twilio has taken: its states, and the callbacks that tell them.

A callback that comes late or out of order (chaos) never changes the truth that the stand-in keeps.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

from wadul.simulator.gateway_client import STATUS_PATH, GatewayClient
from wadul.simulator.problems import LaterProblem
from wadul.simulator.world import Message, Status, World

EVENTS = {
    Status.sent: "SENT",
    Status.delivered: "DELIVERED",
    Status.read: "READ",
    Status.undelivered: "UNDELIVERED",
}


@dataclass(frozen=True)
class Timing:
    """Seconds between one state and the next; `chaos` is the longest extra delay of a callback."""

    sent: float = 0.12
    delivered: float = 0.25
    read: float = 1.2
    chaos: float = 5.0


class Delivery:
    def __init__(
        self,
        world: World,
        gateway: GatewayClient,
        account_sid: str,
        timing: Timing | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self.world = world
        self._gateway = gateway
        self._account_sid = account_sid
        self._timing = timing or Timing()
        self._rng = rng or random.Random()  # noqa: S311 - disorder, no secret

    async def run(self, message: Message, problem: LaterProblem | None, callback: str) -> None:
        """Lead a taken message to its end. `callback` is its own StatusCallback address or ''."""
        if problem is not None:
            await asyncio.sleep(self._timing.sent)
            message.error_code, message.error_message = problem.code, problem.message
            await self._become(message, Status.undelivered, callback)
            return
        resident = self.world.resident(message.address)
        await asyncio.sleep(self._timing.sent)
        await self._become(message, Status.sent, callback)
        await asyncio.sleep(self._timing.delivered)
        if resident.offline:
            await resident.back_online.wait()
        await self._become(message, Status.delivered, callback)
        self.read_by_office(message.address, message.office)
        if resident.read_receipts:
            await asyncio.sleep(self._timing.read)
            await self._become(message, Status.read, callback)

    def read_by_office(self, address: str, office: str) -> None:
        """An answer, or the typing indicator, shows a resident that the office has read."""
        for message in list(self.world.messages.values()):
            mine = (message.address, message.office) == (address, office)
            if mine and message.status is Status.accepted:
                message.status = Status.read
                self.world.put(message)

    async def _become(self, message: Message, status: Status, callback: str) -> None:
        message.status = status
        self.world.put(message)
        if not self.world.faults.chaos:
            await self._tell(message, status, callback)
            return
        for _ in range(2 if self._rng.random() < 0.25 else 1):
            self.world.start(self._tell_late(message, status, callback))

    async def _tell_late(self, message: Message, status: Status, callback: str) -> None:
        await asyncio.sleep(self._rng.random() * self._timing.chaos)
        await self._tell(message, status, callback)

    async def _tell(self, message: Message, status: Status, callback: str) -> None:
        form = status_form(self._account_sid, message, status)
        answer = await self._gateway.post(STATUS_PATH, form, url=callback)
        self.world.note(
            "Twilio → gateway",
            f"laporan status {status.value}",
            answer.words,
            answer.ok,
            answer.milliseconds,
        )


def status_form(account_sid: str, message: Message, status: Status) -> dict[str, str]:
    """The form of a status callback; WhatsApp adds the channel fields."""
    form = {
        "ChannelPrefix": "whatsapp",
        "ApiVersion": "2010-04-01",
        "MessageStatus": status.value,
        "SmsSid": message.sid,
        "SmsStatus": status.value,
        "ChannelInstallSid": "XE" + "0" * 32,
        "To": message.address,
        "From": message.office,
        "MessageSid": message.sid,
        "StructuredMessage": "true" if message.content_sid else "false",
        "AccountSid": account_sid,
        "ChannelToAddress": message.address.removeprefix("whatsapp:")[:-4] + "XXXX",
    }
    if status in EVENTS:
        form["EventType"] = EVENTS[status]
    if message.error_code is not None and status is Status.undelivered:
        form["ErrorCode"] = str(message.error_code)
        form["ErrorMessage"] = message.error_message or ""
        form["ChannelStatusMessage"] = message.error_message or ""
    return form
