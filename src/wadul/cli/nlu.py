"""`wadul nlu`: the language model at work."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from wadul.cli import nlu_check, nlu_data, nlu_model, nlu_report
from wadul.cli.output import AsJson, print_table, says_errors
from wadul.core.kinds import aspect_of, kind_of, meant
from wadul.core.said import category_of
from wadul.exceptions import InvalidInput
from wadul.settings import Settings
from wadul.supervisor.model import ensure_model
from wadul.training.rasa import RasaPrograms

app = typer.Typer(help="Model bahasa: data, periksa, latih, ukur, pasang.", no_args_is_help=True)


app.command("check")(nlu_check.check_command)
app.command("train")(nlu_model.train_command)
app.command("evaluate")(nlu_model.evaluate_command)
app.command("list")(nlu_model.list_command)
app.command("promote")(nlu_model.promote_command)
app.command("rollback")(nlu_model.rollback_command)
app.command("report")(nlu_report.report_command)
app.command("save-story")(nlu_report.save_story_command)
app.command("find")(nlu_data.find_command)
app.command("add")(nlu_data.add_command)
app.command("move")(nlu_data.move_command)
app.command("remove")(nlu_data.remove_command)
app.command("edit")(nlu_data.edit_command)


@app.command("classify")
@says_errors
def classify_command(
    file: Annotated[
        Path | None, typer.Option("--file", help="Satu pesan per baris; tanpa ini dibaca stdin.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Klasifikasikan pesan, satu per baris, dengan model yang melayani warga."""
    results = classify(Settings(), _lines(file))
    if as_json:
        for result in results:
            print(json.dumps(result, ensure_ascii=False), flush=True)
        return
    columns = ("kind", "intent", "confidence", "service", "text")
    print_table("", columns, ([result[column] for column in columns] for result in results))


def classify(settings: Settings, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """One result per line, in order. Raises `ModelUnusable`, `TrainingFailed`."""
    for parse in RasaPrograms.of(settings).parses(ensure_model(settings), lines):
        yield _result(parse)


def _lines(file: Path | None) -> Iterator[str]:
    """Bytes that are no UTF-8 are no reason to stop: they become "�"."""
    try:
        with file.open("rb") if file else nullcontext(sys.stdin.buffer) as source:
            for line in source:
                yield line.decode(errors="replace").rstrip("\r\n")
    except OSError as error:
        raise InvalidInput(f"cannot read {file}: {error.strerror}") from error


def _result(parse: dict[str, Any]) -> dict[str, Any]:
    """`intent` is what the bot acts on, doubt included; the rest is about the likeliest meaning."""
    intent, entities = parse["intent"], parse["entities"]
    label, chance = meant(parse)
    category = category_of(label)
    service = next((e["value"] for e in entities if e["entity"] == "service"), None)
    return {
        "text": parse["text"],
        "kind": kind_of(label),
        "category": category.value if category else None,
        "service": service,
        "aspect": aspect_of(label),
        "intent": intent.get("label") or intent.get("name") or "",
        "confidence": round(chance, 4),
        "entities": [
            {key: entity.get(key) for key in ("entity", "value", "start", "end")}
            for entity in entities
        ],
    }
