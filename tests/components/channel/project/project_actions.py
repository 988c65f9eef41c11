"""Actions of the test project, for the real rasa-sdk in the modern environment."""

import asyncio
import os
from pathlib import Path

from rasa_sdk import Action, FormValidationAction
from rasa_sdk.events import FollowupAction, SlotSet


def journal(line):
    with Path(os.environ["JOURNAL"]).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


class Ticket(Action):
    def name(self):
        return "action_ticket"

    async def run(self, dispatcher, tracker, domain):
        metadata = tracker.latest_message["metadata"]
        journal(f"ticket {metadata['turn_id']}")
        place, detail = tracker.get_slot("place"), tracker.get_slot("detail")
        dispatcher.utter_message(text=f"Tercatat: {place}: {detail}")
        return [SlotSet("place", None), SlotSet("detail", None), SlotSet("topic", "done")]


class Note(Action):
    def name(self):
        return "action_note"

    async def run(self, dispatcher, tracker, domain):
        journal(f"note {tracker.latest_message['metadata']} {len(tracker.events)}")
        return [SlotSet("count", (tracker.get_slot("count") or 0) + 1)]


class Boom(Action):
    def name(self):
        return "action_boom"

    async def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="Sebelum gagal.")
        raise RuntimeError("rahasia 3212345678901234")


class Again(Action):
    def name(self):
        return "action_again"

    async def run(self, dispatcher, tracker, domain):
        return [FollowupAction("action_again")]


class ValidateComplaint(FormValidationAction):
    def name(self):
        return "validate_complaint_form"

    async def validate_place(self, value, dispatcher, tracker, domain):
        if value == "pelan":
            await asyncio.sleep(0.5)
        if value == "gagal":
            raise RuntimeError("validasi gagal")
        return {"place": value}
