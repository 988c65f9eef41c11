"""The examples of every label: found, changed, moved, taken out, and checked meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from nicegui import Client, background_tasks, ui

from wadul.console import training_words
from wadul.console.desk import Desk
from wadul.console.elements import TrainingDataPanel
from wadul.console.pages.frame import say
from wadul.console.training_desk import TrainingDesk
from wadul.console.training_jobs import Job, JobState
from wadul.exceptions import WadulError
from wadul.training import corpus as examples
from wadul.training import labels
from wadul.training.checks import Finding, Severity, check, rasa_validation, same_meaning
from wadul.training.checks.all import check_sentence
from wadul.training.corpus import Corpus
from wadul.training.nlu_file import Example
from wadul.usecases.console_sessions import LoginRequired
from wadul.usecases.training_log import note_training, require_trainer

_SIZE = 50
_FINDINGS = 80


async def build(
    desk: Desk, training: TrainingDesk, tabs: list[dict[str, str]], client: Client
) -> None:
    page = DataPage(desk, training, tabs, client)
    await page.refresh()


class DataPage:
    def __init__(
        self, desk: Desk, training: TrainingDesk, tabs: list[dict[str, str]], client: Client
    ) -> None:
        self._desk = desk
        self._training = training
        self._client = client
        self._words, self._label, self._page, self._place = "", "", 0, ""
        self._corpus = Corpus(())
        self._asked = 0
        self._panel = TrainingDataPanel()
        self._panel.show(tabs=tabs, rows=[], labels=[], findings=[], total=0, page=0, size=_SIZE)
        self._panel.listen(
            query=self._on_query,
            check=self._on_check,
            save=self._on_save,
            move=self._on_move,
            remove=self._on_remove,
            pasted=self._on_pasted,
            deep=self._on_deep,
        )

    async def refresh(self) -> None:
        """Show the files as they are now, and check them in the background."""
        await self._show()
        background_tasks.create(self._check_all(), context=self._client)

    async def _show(self) -> None:
        project = self._training.project
        try:
            self._corpus = await self._training.corpus()
            known = await asyncio.to_thread(labels.known_labels, project)
        except WadulError as error:
            self._panel.show(problem=training_words.told(error), rows=[], total=0)
            return
        counts = Counter(example.label for example in self._corpus.examples)
        found = [each for each in self._find() if self._is_at(each)]
        start = self._page * _SIZE
        self._panel.show(
            problem="",
            labels=[
                {"label": code, "words": training_words.label(code), "count": counts[code]}
                for code in dict.fromkeys([*known, *counts])
            ],
            rows=[self._row(example) for example in found[start : start + _SIZE]],
            total=len(found),
            page=self._page,
            query={"words": self._words, "label": self._label, "place": self._place},
        )

    def _find(self) -> list[Example]:
        return list(examples.find(self._corpus, self._words, label=self._label))

    def _is_at(self, example: Example) -> bool:
        return not self._place or self._place == self._where(example)

    def _where(self, example: Example) -> str:
        return f"{self._training.project.shown(example.path)}:{example.line}"

    def _row(self, example: Example) -> dict[str, Any]:
        file = next(each for each in self._corpus.files if each.path == example.path)
        marked = bool(example.entities)
        return {
            "place": self._where(example),
            "file": self._training.project.shown(example.path),
            "version": file.content.digest,
            "label": example.label,
            "words": training_words.label(example.label),
            "text": example.text,
            "source": example.source if marked else example.text,
            "marked": marked,
        }

    async def _check_all(self) -> None:
        self._asked += 1
        asked = self._asked
        self._panel.show(checking=True)
        findings = await asyncio.to_thread(check, self._training.project)
        if asked != self._asked:
            return  # the files changed again meanwhile
        self._show_findings(findings)

    def _show_findings(self, findings: list[Finding]) -> None:
        errors = sum(each.severity is Severity.ERROR for each in findings)
        self._panel.show(
            checking=False,
            errors=errors,
            warnings=len(findings) - errors,
            findings=[_finding(each) for each in findings[:_FINDINGS]],
        )

    async def _on_query(self, event: Any) -> None:
        told = event.args
        self._words = str(told.get("words") or "")[:200]
        self._label = str(told.get("label") or "")
        self._place = str(told.get("place") or "")
        self._page = max(0, int(told.get("page") or 0))
        await self._show()

    async def _on_check(self, event: Any) -> None:
        """While somebody types: the same or nearly the same sentence elsewhere."""
        told = event.args
        text, place = str(told.get("text") or ""), str(told.get("place") or "")
        found: list[Finding] = []
        if text.strip():
            found = await asyncio.to_thread(
                check_sentence,
                self._training.project,
                self._corpus,
                str(told["label"]),
                text,
                with_markup=bool(told.get("marked")),
            )
        others = [each for each in found if f"{each.file}:{each.line}" != place]
        self._panel.run_method("checked", text, [_finding(each) for each in others])

    async def _on_save(self, event: Any) -> None:
        told = event.args
        place = str(told["place"])
        await self._change(
            "example_edited",
            place,
            lambda: examples.edit(
                self._training.project,
                place,
                str(told["text"]),
                with_markup=bool(told["marked"]),
                seen=_seen([told]),
            ),
            "Kalimat diubah.",
        )

    async def _on_move(self, event: Any) -> None:
        rows, to = event.args["rows"], str(event.args["to"])
        await self._change(
            "examples_moved",
            to,
            lambda: examples.move(
                self._training.project, [row["place"] for row in rows], to, seen=_seen(rows)
            ),
            f"{len(rows)} kalimat dipindahkan ke {training_words.label(to)}.",
        )

    async def _on_remove(self, event: Any) -> None:
        rows = event.args["rows"]
        await self._change(
            "examples_removed",
            str(rows[0]["label"]),
            lambda: examples.remove(
                self._training.project, [row["place"] for row in rows], seen=_seen(rows)
            ),
            f"{len(rows)} kalimat dihapus.",
        )

    async def _on_pasted(self) -> None:
        await self.refresh()

    async def _on_deep(self) -> None:
        """Also what takes minutes: Rasa's own validation, and other words for the same."""
        project, rasa, found = self._training.project, self._training.rasa, list[Finding]()

        def work(job: Job) -> str:
            job.say("pemeriksaan Rasa, dan kalimat yang semakna dengan kata lain")
            more = (rasa_validation(project, rasa), same_meaning(project, rasa))
            found.extend(check(project, more))
            return f"{len(found)} temuan."

        job = Job("Pemeriksaan lengkap", self._desk.actor.full_name, self._desk.now())
        self._panel.show(checking=True)
        await self._training.jobs.start(job, work)
        if job.state is JobState.FAILED:
            say(job.result, bad=True)
        if job.state is JobState.DONE:
            self._asked += 1
            self._show_findings(found)
        self._panel.show(checking=False)

    async def _change(
        self, action: str, subject: str, change: Callable[[], object], words: str
    ) -> None:
        desk = self._desk
        try:
            await desk.act(require_trainer)
            async with self._training.writing:
                await asyncio.to_thread(change)
            await desk.act(note_training, action, subject, now=desk.now())
        except LoginRequired:
            ui.navigate.to("/masuk?lanjut=/latihan/data")
            return
        except WadulError as error:
            await self._show()  # before the words, so that who reads them can try again at once
            self._panel.run_method("failed", training_words.told(error))
            return
        self._panel.run_method("done")
        say(words)
        self._place = ""
        await self.refresh()


def _seen(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {str(row["file"]): str(row["version"]) for row in rows}


def _finding(each: Finding) -> dict[str, Any]:
    return {
        "place": f"{each.file}:{each.line}" if each.line else each.file,
        "message": each.message,
        "advice": each.advice,
        "bad": each.severity is Severity.ERROR,
        "shown": each.file.startswith("data/nlu/"),
    }
