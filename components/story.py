"""Leads a whole conversation through the dialogue and tells it as the steps of a Rasa story.

    .venv-rasa/bin/python -m components.story --model models/x.tar.gz --actions http://127.0.0.1:5055/webhook

Standard input: one turn a line, the worker's JSON (see `components.inbound`), all of one sender.
Standard output: `{"ready": true}`, then the answer to each turn as the channel gives it, and when
the input ends one line `{"steps": [...]}`. Conversations are kept in memory and forgotten.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from components.lean import import_late, spare_the_server
from components.serve import configure_logging

_SILENT = ("action_listen", "action_session_start", "action_unlikely_intent")


def main() -> None:
    parser = argparse.ArgumentParser(prog="components.story", description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--actions", required=True, help="the action server's webhook")
    parser.add_argument("--credentials", default="credentials.yml")
    options = parser.parse_args()
    configure_logging()
    import_late()
    spare_the_server()
    asyncio.run(lead(options.model, options.actions, Path(options.credentials)))


async def lead(model: str, actions: str, credentials: Path) -> None:
    from rasa.core.agent import load_agent
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig

    from components.channel import intent_of_silence
    from components.inbound import read_turn
    from components.turns import TurnProcessor

    endpoints = AvailableEndpoints(action=EndpointConfig(actions))
    agent = await load_agent(model_path=model, endpoints=endpoints)
    if not agent.is_ready():
        raise SystemExit("wadul: rasa: no model could be loaded.")
    processor = TurnProcessor.of(agent.processor)
    silent = silent_intents(credentials)
    say({"ready": True})
    sender = ""
    for line in sys.stdin:
        turn = read_turn(line.encode())
        sender = turn.sender
        say(await processor.answer(turn, intent_of_silence(turn, *silent)))
    tracker = await processor.tracker_store.retrieve(sender)
    say({"steps": steps_of(tracker.events, tracker.slots) if tracker else []})


def silent_intents(credentials: Path) -> tuple[str | None, str | None]:
    """The intents of turns without text, from the channel's credentials."""
    import rasa.shared.utils.io

    read = rasa.shared.utils.io.read_config_file(credentials)
    ours = read.get("components.channel.WadulInput") or {}
    return ours.get("attachment_intent"), ours.get("location_intent")


def steps_of(events: Iterable[Any], slots: dict[str, Any]) -> list[dict[str, Any]]:
    """What rules can see: intents, actions, forms, and slots that influence the conversation."""
    from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered

    steps: list[dict[str, Any]] = []
    loop: str | None = None
    known: dict[str, Any] = {}
    for event in events:
        if isinstance(event, UserUttered):
            steps.append({"intent": event.intent_name, "label": event.intent.get("label")})
        elif isinstance(event, ActionExecuted) and event.action_name not in _SILENT:
            steps.append({"action": event.action_name})
            if event.action_name == loop:
                steps.append({"active_loop": loop})
        elif isinstance(event, ActiveLoop) and event.name != loop:
            loop = event.name
            steps.append({"active_loop": loop})
        elif isinstance(event, SlotSet):
            slot = slots.get(event.key)
            tells = slot is not None and slot.influence_conversation
            if tells and event.key != "requested_slot" and known.get(event.key) != event.value:
                known[event.key] = event.value
                steps.append({"slot": event.key, "value": event.value})
    return _without_doubled_loops(steps)


def _without_doubled_loops(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """After a form's turn that ends it, only the end is told."""
    kept: list[dict[str, Any]] = []
    since_action = 0
    for step in steps:
        if "active_loop" in step:
            kept = [
                other
                for at, other in enumerate(kept)
                if at < since_action or "active_loop" not in other
            ]
        elif "action" in step or "intent" in step:
            since_action = len(kept)
        kept.append(step)
    return kept


def say(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
