"""`wadul nlu train|evaluate|list|promote|rollback`: the life of a model."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from wadul.bootstrap import bootstrap
from wadul.cli.output import AsJson, Office, console, errors, print_json, print_table, says_errors
from wadul.cli.users import office_id
from wadul.clock import clock_for
from wadul.exceptions import InvalidInput
from wadul.settings import Settings
from wadul.training import folds, promotion
from wadul.training.evaluation import Evaluation, Result, evaluate
from wadul.training.gate import Verdict
from wadul.training.metrics import Metrics
from wadul.training.project import Project
from wadul.training.rasa import RasaPrograms
from wadul.training.registry import Entry, Registry
from wadul.training.replay import Replay, replay
from wadul.training.serving import FAILED, SERVING, serving_name

_WAIT_SECONDS = 180.0
_SHOWN = 15  # confusions and differences

Who = Annotated[str, typer.Option("--as", help="Nama pelatih; bawaan: pengguna komputer ini.")]
Name = Annotated[str, typer.Argument(help="Nama model, atau awalnya; lihat `wadul nlu list`.")]


@says_errors
def train_command(
    again: Annotated[bool, typer.Option("--again", help="Latih walau sudah ada.")] = False,
    who: Who = "",
    as_json: AsJson = False,
) -> None:
    """Latih model calon dari data yang sekarang; yang melayani warga tidak berubah."""
    settings = Settings()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=errors, transient=True) as progress:
        bar = progress.add_task("memeriksa data", total=None)

        def step(name: str, number: int, steps: int) -> None:
            progress.update(bar, description=name, completed=number, total=steps)

        entry = promotion.make_candidate(
            settings,
            who=who or getpass.getuser(),
            now=clock_for(settings).now(),
            again=again,
            step=step,
            waiting=lambda: progress.update(bar, description="menunggu pelatihan lain"),
        )
    if as_json:
        print_json(asdict(entry))
        return
    console.print(
        f"Model calon: [bold]{entry.name}[/] ({entry.examples} contoh, {entry.labels} label, "
        f"{entry.seconds:.0f} detik)."
    )
    if entry.errors:
        console.print(f"Perhatian: ada {entry.errors} kesalahan data (`wadul nlu check`).")
    console.print(f"Berikutnya: wadul nlu evaluate {entry.name}")


@says_errors
def evaluate_command(
    name: Annotated[str, typer.Argument(help="Nama model; bawaan: yang terakhir dilatih.")] = "",
    days: Annotated[
        float, typer.Option("--replay", help="Putar ulang pesan warga sekian hari terakhir.")
    ] = 0.0,
    parts: Annotated[
        int, typer.Option("--folds", help="Juga validasi silang dengan sekian bagian (lama).")
    ] = 0,
    stories: Annotated[
        bool, typer.Option("--stories/--no-stories", help="Uji cerita percakapan.")
    ] = True,
    office: Office = "",
    as_json: AsJson = False,
) -> None:
    """Ukur model calon, bandingkan dengan yang melayani, tanya gerbang (kode 1: tidak lulus)."""
    settings = Settings()
    project = Project.of(settings)
    entry = _entry(project, name)
    now = clock_for(settings).now()
    result = evaluate(
        settings, entry.name, now=now, with_stories=stories, say=lambda text: errors.print(text)
    )
    played = _replayed(settings, entry, days, office) if days > 0 else None
    crossed = folds.cross_validate(settings, parts, step=_say_part) if parts > 1 else None
    if as_json:
        print_json(_as_json(result, played, crossed))
    else:
        _show_result(project, result)
        if crossed is not None:
            _show_figures(f"Validasi silang, {parts} bagian", crossed, None)
        if played is not None:
            _show_replay(played)
        console.print(result.verdict.sentence, style="green" if result.verdict.passed else "red")
    if not result.verdict.passed:
        raise typer.Exit(1)


def _say_part(done: int) -> None:
    errors.print(f"validasi silang: bagian {done + 1} …")


@says_errors
def list_command(as_json: AsJson = False) -> None:
    """Model yang ada, hasil ukurnya, dan mana yang melayani."""
    settings = Settings()
    project = Project.of(settings)
    registry, serving = Registry.load(project), serving_name(settings)
    if as_json:
        models = [
            {key: value for key, value in asdict(entry).items() if key != "metrics"}
            | {"serving": entry.name == serving, "figures": _figures(entry)}
            for entry in registry.models
        ]
        history = [asdict(change) for change in registry.history]
        print_json({"serving": serving, "models": models, "history": history})
        return
    rows = []
    for entry in registry.models:
        figures = _figures(entry)
        passed = entry.verdict["passed"] if entry.verdict else None
        rows.append(
            (
                f"{entry.name} {'●' if entry.name == serving else ''}",
                entry.created_at[:16].replace("T", " "),
                entry.created_by,
                entry.examples or "",
                _percent(figures.get("macro_f1")),
                _percent(figures.get("kind_accuracy")),
                _percent(figures.get("complaint_recall")),
                {True: "lulus", False: "tidak lulus", None: "belum diukur"}[passed],
            )
        )
    columns = ("model", "dibuat", "oleh", "contoh", "F1", "jenis", "laporan", "gerbang")
    print_table("Model (● = melayani warga)", columns, rows)
    if serving is not None and registry.find(serving) is None:
        console.print(f"Yang melayani: {serving} (belum pernah diukur).")
    for change in registry.history[-5:]:
        what = "dipasang" if change.what == promotion.PROMOTED else "dikembalikan"
        forced = f" DIPAKSA: {change.reason}" if change.forced else ""
        console.print(f"{change.at[:16]}  {change.model} {what} oleh {change.who}{forced}")


@says_errors
def promote_command(
    name: Name,
    force: Annotated[
        bool, typer.Option("--force", help="Pasang walau gerbang menolak; perlu --reason.")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="Alasan memaksa; dicatat.")] = "",
    who: Who = "",
) -> None:
    """Pasang model agar melayani warga; ditolak bila gerbang tidak meluluskan."""
    if force != bool(reason.strip()):
        raise InvalidInput("--force dan --reason dipakai bersama: memaksa perlu alasan.")
    settings = Settings()
    now = clock_for(settings).now()
    entry = _entry(Project.of(settings), name)
    verdict = promotion.promote(
        settings, entry.name, who=who or getpass.getuser(), now=now, reason=reason.strip()
    )
    console.print(verdict.sentence if verdict else "Dipasang tanpa diukur.")
    _tell_when_served(settings, entry.name)


@says_errors
def rollback_command(
    reason: Annotated[str, typer.Option("--reason", help="Sebabnya; dicatat.")] = "", who: Who = ""
) -> None:
    """Kembalikan model yang melayani sebelumnya."""
    settings = Settings()
    now = clock_for(settings).now()
    entry = promotion.rollback(settings, who=who or getpass.getuser(), now=now, reason=reason)
    _tell_when_served(settings, entry.name)


def _tell_when_served(settings: Settings, name: str) -> None:
    said = promotion.wait_until_served(settings, name, _WAIT_SECONDS)
    if said is None:
        console.print(f"{name} akan melayani begitu sistem dijalankan (`make run`).")
    elif said.state == SERVING and said.model == name:
        console.print(f"{name} kini melayani warga.", style="green")
    elif said.state == FAILED:
        raise InvalidInput(f"{name} tidak dapat dimuat; {said.model} tetap melayani.")
    else:
        raise InvalidInput(f"{name} belum juga dimuat; {said.model} masih melayani.")


def _entry(project: Project, name: str) -> Entry:
    registry = Registry.load(project)
    if name:
        return registry.get(name)
    made = [entry for entry in registry.models if entry.examples]
    if not made:
        raise InvalidInput("belum ada model calon; jalankan `wadul nlu train`.")
    return max(made, key=lambda entry: entry.created_at)


def _replayed(settings: Settings, entry: Entry, days: float, office: str) -> Replay:
    serving = serving_name(settings)
    if serving is None or serving == entry.name:
        raise InvalidInput("tidak ada model lain yang melayani untuk dibandingkan.")
    wadul = bootstrap(settings)
    with wadul.database.transaction() as session:
        return replay(
            session,
            office_id(wadul, office),
            RasaPrograms.of(settings),
            settings.model_dir / f"{serving}.tar.gz",
            settings.model_dir / f"{entry.name}.tar.gz",
            days=days,
            now=wadul.clock.now(),
        )


def _as_json(result: Result, played: Replay | None, crossed: Metrics | None) -> dict[str, Any]:
    return {
        "model": result.candidate.model,
        "candidate": result.candidate.as_dict(),
        "serving": result.serving and {"model": result.serving.model} | result.serving.as_dict(),
        "verdict": result.verdict.as_dict(),
        "pictures": [str(path) for path in result.pictures],
        "cross_validation": crossed.as_dict() if crossed else None,
        "replay": asdict(played) if played else None,
    }


def _show_result(project: Project, result: Result) -> None:
    serving = result.serving
    _show_figures(
        f"{result.candidate.model}: {result.candidate.metrics.utterances} kalimat uji",
        result.candidate.metrics,
        serving.metrics if serving else None,
    )
    _show_labels(result.candidate, serving)
    rows = result.candidate.metrics.confusions[:_SHOWN]
    print_table("Paling sering tertukar", ("maksud", "dikira", "kali"), rows)
    _show_conditions(result.verdict)
    for path in result.pictures:
        console.print(f"Gambar: {project.shown(path)}")


def _show_figures(title: str, metrics: Metrics, serving: Metrics | None) -> None:
    names = {
        "accuracy": "ketepatan label",
        "macro_f1": "F1 rata-rata label",
        "kind_accuracy": "ketepatan jenis",
        "complaint_recall": "laporan dikenali",
        "emergency_recall": "darurat dikenali",
        "service_accuracy": "ketepatan layanan",
        "calibration_error": "selisih keyakinan",
    }
    rows = [
        (words, _percent(getattr(metrics, name)), _percent(getattr(serving, name, None)))
        for name, words in names.items()
    ]
    print_table(title, ("ukuran", "model ini", "yang melayani"), rows)


def _show_labels(candidate: Evaluation, serving: Evaluation | None) -> None:
    """Labels that changed, the worst first; without a serving model those below 80 %."""
    rows = []
    for label, score in candidate.metrics.per_label.items():
        old = serving.metrics.per_label.get(label) if serving else None
        change = score.f1 - old.f1 if old else 0.0
        if score.support and (abs(change) > 0.005 if serving else score.f1 < 0.8):
            rows.append((change, score.f1, label, score.support, old))
    rows.sort(key=lambda row: row[:3])
    title = "F1 label yang berubah" if serving else "Label dengan F1 di bawah 80%"
    print_table(
        title,
        ("label", "kalimat", "dulu", "kini"),
        (
            (label, support, _percent(old.f1 if old else None), _percent(f1))
            for _, f1, label, support, old in rows
        ),
    )


def _show_conditions(verdict: Verdict) -> None:
    for condition in verdict.conditions:
        mark, style = ("✓", "green") if condition.passed else ("✗", "red")
        console.print(f"{mark} {condition.words}", style=style, markup=False)


def _show_replay(played: Replay) -> None:
    title = (
        f"Putar ulang: {played.turns} giliran, {played.texts} kalimat berbeda, "
        f"{len(played.differences)} berubah"
    )
    rows = [
        (
            each.times,
            each.text,
            f"{each.before.label} {each.before.service or ''}",
            f"{each.after.label} {each.after.service or ''}",
            "jenis lain" if each.other_kind else "",
        )
        for each in played.differences
    ]
    print_table(title, ("kali", "pesan (disamarkan)", "dulu", "kini", ""), rows)


def _figures(entry: Entry) -> dict[str, float]:
    names = ("accuracy", "macro_f1", "kind_accuracy", "complaint_recall", "emergency_recall")
    return {name: entry.metrics[name] for name in names} if entry.metrics else {}


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}".replace(".", ",")
