"""The trainers' inbox: one message after the other, decided with one or two keys."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from nicegui import Client, background_tasks, ui

from wadul.console import present, training_words
from wadul.console.desk import Desk
from wadul.console.elements import TrainingInboxPanel
from wadul.console.pages.frame import say
from wadul.console.training_desk import TrainingDesk
from wadul.console.training_jobs import Job, JobState
from wadul.core.states import Decision, Standing
from wadul.exceptions import WadulError
from wadul.training import labels, story
from wadul.training.checks.dialogue import load_domain
from wadul.training.corpus import Corpus
from wadul.training.inbox import Item, context_of, get_item, list_items
from wadul.training.labelling import Choice, example_text, teach
from wadul.training.ordering import Order, Placed, quick_order, vocabulary
from wadul.training.proposals import proposals_in
from wadul.training.serving import serving_model
from wadul.training.similarity import comparable
from wadul.usecases.annotations import ask_second, confirm, propose_intent, relabel, set_aside
from wadul.usecases.console_sessions import LoginRequired
from wadul.usecases.training_log import note_training

_DAYS = 90
_SHOWN = 60
_CHOICES = 6
_VIEWS = {
    Standing.OPEN: "Belum dinilai",
    Standing.SECOND: "Pendapat kedua",
    Standing.CONTESTED: "Beda pendapat",
    Standing.DECIDED: "Sudah",
}


async def build(
    desk: Desk, training: TrainingDesk, tabs: list[dict[str, str]], client: Client
) -> None:
    page = InboxPage(desk, training, tabs)
    await page.load()
    background_tasks.create(page.teach_order(), context=client)


class InboxPage:
    def __init__(self, desk: Desk, training: TrainingDesk, tabs: list[dict[str, str]]) -> None:
        self._desk = desk
        self._training = training
        self._view = Standing.OPEN
        self._order = Order()
        self._corpus = Corpus(())
        self._labels: list[str] = []
        self._rows: list[dict[str, Any]] = []
        self._decided = 0  # since the messages were last arranged
        self._often: list[str] = []  # labels that were chosen here, the latest first
        self._panel = TrainingInboxPanel()
        self._panel.show(tabs=tabs, views=[], view=self._view.value, items=[], context=None)
        self._panel.listen(
            decide=self._on_decide,
            view=self._on_view,
            look=self._on_look,
            again=self._on_again,
            story=self._on_story,
        )

    async def load(self) -> None:
        try:
            self._corpus = await self._training.corpus()
            project = self._training.project
            self._labels = await asyncio.to_thread(labels.known_labels, project)
            domain = await asyncio.to_thread(load_domain, project.domain)
        except WadulError as error:
            self._panel.show(order=training_words.told(error), labels=[], entities=[])
            return
        self._panel.show(
            labels=[self._label(code, "") for code in self._labels],
            entities=[
                {"name": name, "words": training_words.ENTITIES.get(name, name)}
                for name in domain.entities
            ],
        )
        await self._arrange()

    async def _arrange(self) -> None:
        """Read the messages anew and put them in order."""
        since = self._desk.now() - timedelta(days=_DAYS)
        items = await self._desk.look(list_items, since=since)
        teaching = [item for item in items if self._teaches(item)]
        office_id = self._desk.office.id
        order = self._training.ordered(office_id, teaching)
        if order is None:
            known = await asyncio.to_thread(vocabulary, self._corpus.examples)
            order = await asyncio.to_thread(quick_order, teaching, known)
        self._order = order
        self._show()

    async def teach_order(self) -> None:
        """After the page is there: the order by the encoder, which takes its time."""
        if self._order.by_encoder or not self._order.placed:
            return
        order = await self._training.teach_order(self._desk.office.id, self._order, self._corpus)
        if order is not None:
            await self._arrange()

    def _teaches(self, item: Item) -> bool:
        """What the data says already teaches nothing, unless somebody says otherwise."""
        known = comparable(example_text(item.text)) in self._corpus.by_words
        return bool(item.words) or item.doubtful or not known

    def _show(self) -> None:
        by_view: dict[Standing, list[Placed]] = {view: [] for view in _VIEWS}
        for placed in self._order.placed:
            by_view[placed.item.outcome.standing].append(placed)
        shown = by_view[self._view]
        if self._view is Standing.DECIDED:
            shown = sorted(shown, key=lambda each: each.item.words[-1].at, reverse=True)
        first = shown[:_SHOWN]
        self._rows = [self._row(each, first) for each in first]
        self._decided = 0
        self._panel.show(
            views=[
                {"key": view.value, "label": name, "count": len(by_view[view])}
                for view, name in _VIEWS.items()
            ],
            view=self._view.value,
            total=len(shown),
            items=self._rows,
            proposals=[
                each.words for each in proposals_in([each.item for each in self._order.placed])
            ],
            order="Urut menurut yang paling mengajari bot; yang mirip berkelompok."
            if self._order.by_encoder
            else "Urut menurut keraguan bot, tanda petugas, seringnya, dan kata baru.",
        )

    def _row(self, placed: Placed, shown: Sequence[Placed]) -> dict[str, Any]:
        item, now, zone = placed.item, self._desk.now(), self._desk.office.zone
        usable = item.label in self._labels
        sure = item.confidence or 0.0
        return {
            "id": str(item.turn_id),
            "text": item.text,
            "when": present.when(item.at, now, zone),
            "label": item.label if usable else "",
            "guess": training_words.label(item.label),
            "confidence": training_words.percent(item.confidence),
            "tone": "" if usable and sure >= 0.8 else "soon",
            "usable": usable,
            "times": item.times,
            "flagged": ", ".join(item.flagged_by),
            "handed": training_words.handed(item.handed),
            "evidence": [{"text": training_words.evidence(each)} for each in item.evidence],
            "entities": list(item.entities),
            "choices": self._choices(placed),
            "standing": item.outcome.standing.value,
            "settles": item.outcome.standing is Standing.CONTESTED,
            "cluster": placed.cluster,
            "like": max(0, sum(each.cluster == placed.cluster for each in shown) - 1),
            "words": [
                {
                    "by": "Anda" if word.by_id == self._desk.actor.user_id else word.by,
                    "text": training_words.decision(
                        word.decision, word.label, word.note, settles=word.settles
                    ),
                    "when": present.when(word.at, now, zone),
                }
                for word in item.words
            ],
        }

    def _choices(self, placed: Placed) -> list[dict[str, str]]:
        """The likely labels, so that one digit is enough; the bot's guess comes first."""
        item = placed.item
        likely: list[tuple[str | None, str]] = [(item.label, "tebakan bot")]
        likely += [(word.label, f"kata {word.by}") for word in item.words]
        likely += [(each.label, f"dari laporan {each.number}") for each in item.evidence]
        likely += [(code, "contoh yang mirip") for code in placed.second]
        likely += [(code, "baru dipakai") for code in self._often]
        base = labels.base_of(item.label or "")
        likely += [(code, "") for code in self._labels if labels.base_of(code) == base]
        found: dict[str, str] = {}
        for code, why in likely:
            if code in self._labels and len(found) < _CHOICES:
                found.setdefault(str(code), why)
        return [self._label(code, why) for code, why in found.items()]

    @staticmethod
    def _label(code: str, why: str) -> dict[str, str]:
        return {"label": code, "words": training_words.label(code), "why": why}

    async def _on_view(self, event: Any) -> None:
        self._view = Standing(str(event.args))
        await self._arrange()

    async def _on_look(self, event: Any) -> None:
        turn_id = UUID(str(event.args))
        try:
            said = await self._desk.look(context_of, turn_id)
        except WadulError:
            return
        told = [{"bot": each.by_bot, "text": each.text} for each in said]
        self._panel.show(context={"id": str(turn_id), "said": told})

    async def _on_again(self, event: Any) -> None:
        """A message that was decided a moment ago is looked at once more."""
        turn_id = UUID(str(event.args))
        placed = next((p for p in self._order.placed if p.item.turn_id == turn_id), None)
        if placed is None:
            return
        item = await self._desk.look(get_item, turn_id)
        again = self._row(replace(placed, item=item), ())
        self._rows = [again, *(row for row in self._rows if row["id"] != str(turn_id))]
        self._panel.show(items=self._rows)

    async def _on_decide(self, event: Any) -> None:
        told = event.args
        turn_id = UUID(str(told["id"]))
        choice = Choice(
            Decision(told["decision"]),
            str(told["label"]) if told.get("label") else None,
            tuple(told.get("entities") or ()),
            str(told.get("note") or ""),
            bool(told.get("settles")),
        )
        try:
            await self._decide(turn_id, choice)
        except LoginRequired:
            ui.navigate.to("/masuk?lanjut=/latihan")
        except WadulError as error:
            self._panel.run_method("failed", str(turn_id), training_words.told(error))
        else:
            if choice.label:
                self._often = [choice.label, *(c for c in self._often if c != choice.label)][:3]
            self._panel.run_method("done", str(turn_id))
            self._decided += 1
            if self._decided >= _SHOWN // 2:
                await self._arrange()

    async def _decide(self, turn_id: UUID, choice: Choice) -> None:
        """The data first: where it cannot be written, nothing is noted either."""
        desk, now = self._desk, self._desk.now()
        async with self._training.writing:
            item = await desk.look(get_item, turn_id)
            taught = await asyncio.to_thread(
                teach, self._training.project, item, choice, desk.actor.user_id
            )
            settles, entities = choice.settles, choice.entities
            match choice.decision:
                case Decision.RIGHT:
                    await desk.act(
                        confirm,
                        turn_id,
                        entities=entities,
                        settles=settles,
                        taught=taught,
                        now=now,
                    )
                case Decision.RELABEL:
                    await desk.act(
                        relabel,
                        turn_id,
                        choice.label or "",
                        entities=entities,
                        settles=settles,
                        taught=taught,
                        now=now,
                    )
                case Decision.NEW_INTENT:
                    await desk.act(propose_intent, turn_id, choice.note, settles=settles, now=now)
                case Decision.NOT_FOR_TRAINING:
                    await desk.act(set_aside, turn_id, settles=settles, now=now)
                case Decision.SECOND_OPINION:
                    await desk.act(ask_second, turn_id, note=choice.note, now=now)

    async def _on_story(self, event: Any) -> None:
        """The conversation around the message as a test; it is led again elsewhere first."""
        turn_id, desk, training = UUID(str(event.args)), self._desk, self._training
        settings, project = desk.wadul.settings, training.project
        try:
            said = await desk.look(story.said_around, turn_id)
        except WadulError as error:
            say(training_words.told(error), bad=True)
            return

        def work(job: Job) -> str:
            model = serving_model(settings)
            job.say(f"mengulang {len(said.turns)} giliran di ruang coba")
            told = story.tell(settings, model, said)
            path = story.save(project, told)
            return f"“{told.name}” disimpan di {project.shown(path)} ({told.turns} giliran)."

        job = Job("Menyimpan percakapan sebagai tes", desk.actor.full_name, desk.now())
        say("Percakapan diulang di ruang coba; ini perlu setengah menit.")
        await training.jobs.start(job, work)
        if job.state is JobState.DONE:
            await desk.act(note_training, "story_saved", "tests/conversations", now=desk.now())
        self._panel.run_method("say", job.result)
