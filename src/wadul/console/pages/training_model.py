"""The model's life on a page: train, measure, compare, replay, promote, and back."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from nicegui import Client, background_tasks, ui

from wadul.console import present, training_words
from wadul.console.desk import Desk
from wadul.console.elements import TrainingModelPanel
from wadul.console.pages.frame import say
from wadul.console.training_desk import TrainingDesk
from wadul.console.training_jobs import Job, JobState, Work
from wadul.core.actors import Power
from wadul.exceptions import InvalidInput, NotPermitted, WadulError
from wadul.training import folds, promotion, removal
from wadul.training.evaluation import Evaluation, evaluate
from wadul.training.gate import NAMES, Verdict
from wadul.training.metrics import Metrics
from wadul.training.model import current_model, name_of
from wadul.training.registry import Entry, Registry
from wadul.training.replay import Difference, Outcome, Replay, replay
from wadul.training.serving import FAILED, chosen, serving_name
from wadul.usecases.console_sessions import LoginRequired
from wadul.usecases.training_log import note_training, require_trainer

_EVERY = 0.7  # seconds between two looks at the work
_SERVED_WITHIN = 240.0  # seconds
_DIFFERENCES = 5_000  # all that a replay can find
_CONFUSIONS = 25


async def build(
    desk: Desk, training: TrainingDesk, tabs: list[dict[str, str]], client: Client
) -> None:
    page = ModelPage(desk, training, tabs)
    await page.refresh()
    task = background_tasks.create(page.follow(), context=client)
    client.on_delete(task.cancel)


class ModelPage:
    def __init__(self, desk: Desk, training: TrainingDesk, tabs: list[dict[str, str]]) -> None:
        self._desk = desk
        self._training = training
        self._chosen = ""
        self._seen: Any = None
        self._panel = TrainingModelPanel()
        self._panel.show(
            tabs=tabs,
            models=[],
            detail=None,
            jobs=[],
            may_force=desk.actor.may(Power.ADMINISTER),
        )
        self._panel.listen(
            train=self._on_train,
            evaluate=self._on_evaluate,
            promote=self._on_promote,
            rollback=self._on_rollback,
            choose=self._on_choose,
            remove=self._on_remove,
        )

    async def follow(self) -> None:
        """Show how far the work is, and the models anew when it ended."""
        while True:
            await asyncio.sleep(_EVERY)
            jobs = self._training.jobs.all
            now = [(id(job), job.state, job.step, job.done) for job in jobs]
            if now == self._seen:
                continue
            ended = self._seen is not None and [each[:2] for each in now] != [
                each[:2] for each in self._seen
            ]
            self._seen = now
            self._panel.show(jobs=[self._job(job) for job in jobs])
            if ended:
                await self.refresh()

    async def refresh(self) -> None:
        training = self._training
        self._panel.show(jobs=[self._job(job) for job in training.jobs.all])
        try:
            registry, serving, fixed, fresh = await asyncio.to_thread(self._read)
        except WadulError as error:
            self._panel.show(problem=training_words.told(error))
            return
        models = sorted(registry.models, key=lambda entry: entry.created_at, reverse=True)
        if self._chosen not in {entry.name for entry in models}:
            self._chosen = models[0].name if models else ""
        entry = registry.find(self._chosen)
        settings = self._desk.wadul.settings
        kept = await asyncio.to_thread(removal.why_kept, settings, registry, self._chosen)
        self._panel.show(
            problem="",
            serving=serving or "",
            fixed=fixed,
            fresh=fresh,
            chosen=self._chosen,
            models=[self._row(each, serving) for each in models],
            detail=self._detail(registry, entry, serving) | {"kept": kept} if entry else None,
            can_go_back=promotion.has_before(registry, serving),
            history=[
                {
                    "when": self._when(change.at),
                    "words": f"{change.model} "
                    + ("dipasang" if change.what == promotion.PROMOTED else "dikembalikan")
                    + f" oleh {change.who}"
                    + (f"; gerbang dilewati: {change.reason}" if change.forced else ""),
                }
                for change in reversed(registry.history[-8:])
            ],
        )

    def _read(self) -> tuple[Registry, str | None, str, bool]:
        """The registry, what serves, what was promoted, and whether the data has no model yet."""
        settings = self._desk.wadul.settings
        registry = Registry.load(self._training.project)
        model = current_model(settings)
        known = registry.find(name_of(model)) is not None and model.is_file()
        fixed = chosen(settings)
        return registry, serving_name(settings), name_of(fixed) if fixed else "", not known

    def _row(self, entry: Entry, serving: str | None) -> dict[str, Any]:
        metrics = entry.metrics or {}
        passed = entry.verdict["passed"] if entry.verdict else None
        return {
            "name": entry.name,
            "serving": entry.name == serving,
            "when": self._when(entry.created_at),
            "by": entry.created_by,
            "examples": entry.examples,
            "errors": entry.errors,
            "usable": entry.fits_programs,
            "f1": _percent(metrics.get("macro_f1")),
            "complaints": _percent(metrics.get("complaint_recall")),
            "gate": {True: "lulus", False: "tidak lulus", None: "belum diukur"}[passed],
            "tone": {True: "good", False: "bad", None: ""}[passed],
        }

    def _detail(self, registry: Registry, entry: Entry, serving: str | None) -> dict[str, Any]:
        evaluation = Evaluation.of(entry)
        other = registry.find(serving) if serving and serving != entry.name else None
        before = Evaluation.of(other) if other else None
        played = self._training.replays.get((self._desk.office.id, entry.name))
        crossed = self._training.crossed.get(entry.name)
        verdict = Verdict.of(entry.verdict) if entry.verdict else None
        return {
            "name": entry.name,
            "measured": evaluation is not None,
            "verdict": verdict.short if verdict else "",
            "passed": bool(verdict and verdict.passed),
            "conditions": _conditions(verdict) if verdict else [],
            "against": verdict.against if verdict else None,
            "figures": _figures(evaluation, before, crossed),
            "labels": _labels(evaluation, before),
            "confusions": [
                {"is": training_words.label(a), "taken": training_words.label(b), "times": n}
                for a, b, n in (evaluation.metrics.confusions if evaluation else ())[:_CONFUSIONS]
            ],
            "pictures": f"/latihan/gambar/{entry.name}" if evaluation else "",
            "at": evaluation.at if evaluation else "",
            "replay": _replay(played) if played else None,
        }

    def _job(self, job: Job) -> dict[str, Any]:
        return {
            "what": job.what,
            "who": job.who,
            "when": present.when(job.at, self._desk.now(), self._desk.office.zone),
            "state": job.state.value,
            "step": job.step,
            "share": round(job.done / job.of, 3) if job.of else None,
            "result": job.result,
        }

    def _when(self, stamp: str) -> str:
        at = datetime.fromisoformat(stamp)
        return present.when(at, self._desk.now(), self._desk.office.zone)

    async def _on_choose(self, event: Any) -> None:
        self._chosen = str(event.args)
        await self.refresh()

    async def _on_train(self, event: Any) -> None:
        again = bool(event.args.get("again"))
        settings, who, now = self._desk.wadul.settings, self._desk.actor.name, self._desk.now()

        def work(job: Job) -> str:
            entry = promotion.make_candidate(
                settings,
                who=who,
                now=now,
                again=again,
                step=lambda name, number, steps: job.say(f"melatih {name}", number, steps),
                waiting=lambda: job.say("menunggu pelatihan lain selesai"),
            )
            self._chosen = entry.name
            errors = f" Perhatian: data punya {entry.errors} kesalahan." if entry.errors else ""
            return f"{entry.name} siap diukur ({entry.examples} contoh).{errors}"

        await self._start("Melatih model calon", work, "model_trained", "data/nlu")

    async def _on_evaluate(self, event: Any) -> None:
        told = event.args
        name, days = str(told["name"]), float(told.get("days") or 0)
        parts, stories = int(told.get("folds") or 0), bool(told.get("stories"))
        settings, now = self._desk.wadul.settings, self._desk.now()
        training, office_id = self._training, self._desk.office.id

        def work(job: Job) -> str:
            result = evaluate(settings, name, now=now, with_stories=stories, say=job.say)
            if days > 0:
                job.say(f"memutar ulang pesan {days:g} hari terakhir")
                training.replays[office_id, name] = self._played(name, days, now)
            if parts > 1:
                training.crossed[name] = folds.cross_validate(
                    settings,
                    parts,
                    step=lambda done: job.say(f"validasi silang, {parts} bagian", done, parts),
                )
            return result.verdict.short

        await self._start(f"Mengukur {name}", work, "model_evaluated", name)

    def _played(self, name: str, days: float, now: datetime) -> Replay:
        """In the worker's thread."""
        settings = self._desk.wadul.settings
        serving = serving_name(settings)
        if serving is None or serving == name:
            raise InvalidInput("tidak ada model lain yang melayani untuk dibandingkan.")
        with self._desk.wadul.database.transaction() as session:
            return replay(
                session,
                self._desk.office.id,
                self._training.rasa,
                settings.model_dir / f"{serving}.tar.gz",
                settings.model_dir / f"{name}.tar.gz",
                days=days,
                now=now,
            )

    async def _on_promote(self, event: Any) -> None:
        name, reason = str(event.args["name"]), str(event.args.get("reason") or "").strip()
        settings, who, now = self._desk.wadul.settings, self._desk.actor.name, self._desk.now()
        if reason and not self._desk.actor.may(Power.ADMINISTER):
            say(training_words.told(NotPermitted()), bad=True)
            return

        def work(job: Job) -> str:
            job.say("mencoba model, lalu memasangnya")
            verdict = promotion.promote(settings, name, who=who, now=now, reason=reason)
            words = verdict.short if verdict else "Dipasang tanpa diukur."
            return f"{self._served(job, name)} {words}"

        await self._start(f"Memasang {name}", work, "model_promoted", name)

    async def _on_rollback(self) -> None:
        settings, who, now = self._desk.wadul.settings, self._desk.actor.name, self._desk.now()

        def work(job: Job) -> str:
            job.say("mencoba model sebelumnya, lalu memasangnya")
            entry = promotion.rollback(settings, who=who, now=now)
            return self._served(job, entry.name)

        await self._start("Kembali ke model sebelumnya", work, "model_rolled_back", "model")

    async def _on_remove(self, event: Any) -> None:
        name, settings = str(event.args), self._desk.wadul.settings

        def work(_: Job) -> str:
            return f"{removal.remove(settings, name).name} sudah dihapus."

        await self._start(f"Menghapus {name}", work, "model_deleted", name)

    def _served(self, job: Job, name: str) -> str:
        """Waits until whoever serves has it."""
        job.say("menunggu sampai model itu melayani warga")
        said = promotion.wait_until_served(self._desk.wadul.settings, name, _SERVED_WITHIN)
        if said is None:
            return f"{name} melayani begitu sistem dijalankan."
        if said.state == FAILED:
            raise InvalidInput(f"{name} tidak dapat dimuat; {said.model} tetap melayani.")
        if said.model != name:
            raise InvalidInput(f"{name} belum juga dimuat; {said.model} masih melayani.")
        return f"{name} kini melayani warga."

    async def _start(self, what: str, work: Work, action: str, subject: str) -> None:
        desk = self._desk
        try:
            await desk.act(require_trainer)
        except LoginRequired:
            ui.navigate.to("/masuk?lanjut=/latihan/model")
            return
        except WadulError as error:
            say(training_words.told(error), bad=True)
            return
        job = Job(what, desk.actor.full_name, desk.now())
        task = self._training.jobs.start(job, work)
        self._panel.show(jobs=[self._job(each) for each in self._training.jobs.all])

        async def note() -> None:
            await task
            if job.state is JobState.DONE:
                await desk.act(
                    note_training, action, subject, now=desk.now(), details={"result": job.result}
                )

        background_tasks.create(note())


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}".replace(".", ",")


def _figures(
    evaluation: Evaluation | None, before: Evaluation | None, crossed: Metrics | None
) -> list[dict[str, str]]:
    if evaluation is None:
        return []
    return [
        {
            "words": words[:1].upper() + words[1:],
            "now": _percent(getattr(evaluation.metrics, name)),
            "before": _percent(getattr(before.metrics, name)) if before else "",
            "crossed": _percent(getattr(crossed, name)) if crossed else "",
        }
        for name, words in NAMES.items()
    ]


def _conditions(verdict: Verdict) -> list[dict[str, Any]]:
    """What failed first."""
    ordered = sorted(verdict.conditions, key=lambda each: each.passed)
    return [
        {"passed": each.passed, "words": each.words[:1].upper() + each.words[1:]}
        for each in ordered
    ]


def _labels(evaluation: Evaluation | None, before: Evaluation | None) -> list[dict[str, Any]]:
    """Every label, those that fell most first."""
    if evaluation is None:
        return []
    rows = []
    for code, score in evaluation.metrics.per_label.items():
        old = before.metrics.per_label.get(code) if before else None
        change = round(score.f1 - old.f1, 4) if old else 0.0
        rows.append(
            {
                "label": code,
                "words": training_words.label(code),
                "support": score.support,
                "precision": _percent(score.precision),
                "recall": _percent(score.recall),
                "f1": _percent(score.f1),
                "before": _percent(old.f1) if old else "",
                "change": change,
                "changed": f"{change * 100:+.1f}".replace(".", ",") if abs(change) > 0.0005 else "",
                "value": score.f1,
            }
        )
    return sorted(rows, key=lambda row: (row["change"], row["value"]))


def _replay(played: Replay) -> dict[str, Any]:
    return {
        "words": f"{played.turns} giliran, {played.texts} kalimat berbeda: "
        f"{len(played.differences)} akan dipahami lain.",
        "rows": [_difference(each) for each in played.differences[:_DIFFERENCES]],
    }


def _difference(each: Difference) -> dict[str, Any]:
    return {
        "text": each.text,
        "times": each.times,
        "before": _outcome(each.before),
        "after": _outcome(each.after),
        "other_kind": each.other_kind,
    }


def _outcome(outcome: Outcome) -> str:
    return training_words.label(outcome.label) + (
        f" · {outcome.service}" if outcome.service else ""
    )
