"""Runs one turn through Rasa so that it either happens whole or not at all.

Rasa's own processor carries on when an action fails, saves what it has, and falls back to memory
when the database is gone. `TurnProcessor` is that processor with these three leaks closed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from typing import Any

import aiohttp
from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import LockError
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import DEFAULT_ACTION_MAPPINGS
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from components.answers import Answer, answer_of
from components.failures import ActionFailed, ActionsFailed, Busy, TurnFailed
from components.inbound import Command, Turn

ACTION_SECONDS = 10.0
TURN_SECONDS = 40.0
"""Less than the 60 s after which Rasa's lock gives the conversation to the next message."""
LOCK_POLL_SECONDS = 0.05
KEPT_RANKING = 5
REJECTED = 400
"""The action server's status for "this action does not want to run", which is no failure."""

logger = logging.getLogger("wadul.turns")


class TurnChannel(OutputChannel):
    """Where Rasa sends to while a turn runs; the answer is read from the tracker instead."""

    @classmethod
    def name(cls) -> str:
        return "wadul"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Nothing to send: every bot message is also an event of the turn."""


class WholeEndpoint(EndpointConfig):
    """The action server; anything but an answer or a rejection ends the turn."""

    @classmethod
    def of(cls, endpoint: EndpointConfig) -> WholeEndpoint:
        own = cls.__new__(cls)
        own.__dict__.update(endpoint.__dict__)
        return own

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["timeout"] = aiohttp.ClientTimeout(total=ACTION_SECONDS)
        action = str((kwargs.get("json") or {}).get("next_action", "?"))
        try:
            return await super().request(*args, **kwargs)
        except ClientResponseError as error:
            if error.status == REJECTED and _is_rejection(error.text):
                raise
            raise ActionFailed(action, f"status {error.status}") from None
        except Exception as error:
            raise ActionFailed(action, type(error).__name__) from None


class WholeAction(Action):
    """An action whose own exception ends the turn; a rejection stays a rejection."""

    def __init__(self, action: Action) -> None:
        self._action = action

    def name(self) -> str:
        return self._action.name()

    async def run(self, *args: Any, **kwargs: Any) -> list[Event]:
        try:
            return await self._action.run(*args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            raise ActionFailed(self.name(), type(error).__name__) from error

    def event_for_successful_execution(self, prediction: PolicyPrediction) -> ActionExecuted:
        return self._action.event_for_successful_execution(prediction)


class TurnProcessor(MessageProcessor):
    """Rasa's processor for whole turns, over the model, stores and locks of the given one."""

    @classmethod
    def of(cls, processor: MessageProcessor) -> TurnProcessor:
        own = cls.__new__(cls)
        own.__dict__.update(processor.__dict__)
        own.tracker_store = real_store(processor.tracker_store)
        own.on_circuit_break = _too_many_actions
        if processor.action_endpoint:
            own.action_endpoint = WholeEndpoint.of(processor.action_endpoint)
        return own

    async def answer(self, turn: Turn, intent_of_silence: str | None = None) -> Answer:
        """Run the turn, or repeat what the tracker knows of it. Raises TurnFailed.

        `intent_of_silence` is the intent of a turn without text, say a lone photo.
        """
        try:
            async with self.lock_store.lock(turn.sender, wait_time_in_seconds=LOCK_POLL_SECONDS):
                return await asyncio.wait_for(self._run(turn, intent_of_silence), TURN_SECONDS)
        except ActionFailed as error:
            logger.warning("turn.action_failed turn=%s %s", turn.turn_id, error)
            raise ActionsFailed from None
        except (LockError, asyncio.TimeoutError):
            logger.warning("turn.busy turn=%s", turn.turn_id)
            raise Busy from None
        except Exception as error:
            # Frames only: an exception's text may quote what a resident wrote.
            frames = traceback.extract_tb(error.__traceback__)[-3:]
            place = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
            logger.error(
                "turn.failed turn=%s error=%s at=%s", turn.turn_id, type(error).__name__, place
            )
            raise TurnFailed from None

    async def _run(self, turn: Turn, intent_of_silence: str | None) -> Answer:
        tracker = await self.get_tracker(turn.sender)
        if answer := answer_of(tracker.events, turn.turn_id):
            return answer
        channel = TurnChannel()
        await self._update_tracker_session(tracker, channel)
        if (tracker.active_loop_name or "") not in ("", *self.domain.form_names):
            # A conversation that was in a form which the new model does not have.
            tracker.update_with_events([ActiveLoop(None), SlotSet(REQUESTED_SLOT)], self.domain)
        message = UserMessage(
            turn.text or None,
            channel,
            turn.sender,
            parse_data=self._known_parse(turn, intent_of_silence),
            input_channel=channel.name(),
            metadata=turn.metadata,
        )
        await self._handle_message_with_tracker(message, tracker)
        await self.run_action_extract_slots(channel, tracker)
        await self._run_prediction_loop(channel, tracker)
        await self.save_tracker(tracker)
        answer = answer_of(tracker.events, turn.turn_id)
        if answer is None:
            raise LookupError("the turn's own message is not in the tracker")
        return answer

    def _known_parse(self, turn: Turn, intent_of_silence: str | None) -> dict[str, Any] | None:
        """What a button or a lone attachment means, without asking NLU."""
        if turn.command and self._may_name(turn.command.intent):
            return _parse_of_command(turn.command, turn.text)
        if turn.text:
            return None
        known = intent_of_silence if intent_of_silence in self.domain.intents else None
        return _parse("", known, 1.0 if known else 0.0, [])

    def _may_name(self, intent: str) -> bool:
        """Intents of the domain, but not Rasa's own (`restart`, `back` …)."""
        return intent in self.domain.intents and intent not in DEFAULT_ACTION_MAPPINGS

    async def parse_message(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Plain Python values only, and a short ranking: all of this is stored and sent about."""
        parse = await super().parse_message(*args, **kwargs)
        parse["intent_ranking"] = (parse.get("intent_ranking") or [])[:KEPT_RANKING]
        parse.pop("text_tokens", None)
        return json.loads(json.dumps(parse, default=_plain))

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: Any,
        prediction: PolicyPrediction,
    ) -> bool:
        whole = WholeAction(action)
        return await super()._run_action(whole, tracker, output_channel, nlg, prediction)


def real_store(store: TrackerStore) -> TrackerStore:
    """The store without Rasa's wrapper, which answers "no conversation" when the database fails."""
    return store._tracker_store if isinstance(store, FailSafeTrackerStore) else store


def _parse(
    text: str, name: str | None, confidence: float, entities: list[dict[str, Any]], label: str = ""
) -> dict[str, Any]:
    intent = {"name": name, "label": label or name, "confidence": confidence}
    return {"text": text, "intent": intent, "intent_ranking": [intent], "entities": entities}


def _parse_of_command(command: Command, title: str) -> dict[str, Any]:
    entities = [
        {
            "entity": name,
            "value": value,
            "start": 0,
            "end": 0,
            "extractor": "payload",
            "confidence": 1.0,
        }
        for name, value in command.entities.items()
    ]
    return _parse(title, command.intent, 1.0, entities, command.label)


def _is_rejection(body: Any) -> bool:
    try:
        return bool(json.loads(body)["action_name"])
    except (ValueError, KeyError, TypeError):
        return False


def _plain(value: Any) -> Any:
    """numpy scalars and arrays as Python values."""
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _too_many_actions(*_: Any) -> None:
    raise ActionFailed("?", "the dialogue never stopped to listen")
