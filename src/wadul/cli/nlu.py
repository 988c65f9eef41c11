"""`wadul nlu`: the language model at work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from wadul.cli import nlu_check, nlu_data
from wadul.cli.output import AsJson, print_table, says_errors
from wadul.core.kinds import aspect_of, kind_of
from wadul.core.said import category_of
from wadul.exceptions import InvalidInput, WadulError
from wadul.settings import Settings
from wadul.supervisor.model import ensure_model
from wadul.supervisor.processes import LEGACY_PYTHON, rasa_environment

app = typer.Typer(help="Model bahasa: data, periksa, latih, ukur, pasang.", no_args_is_help=True)


class ModelUnusable(WadulError):
    """The model could not be loaded; the lines above say why."""


app.command("check")(nlu_check.check_command)
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
    columns = ("text", "kind", "intent", "confidence", "service")
    print_table("", columns, ([result[column] for column in columns] for result in results))


def classify(settings: Settings, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """One result per line, in order. Raises `ModelUnusable`, `TrainingFailed`."""
    command = [str(LEGACY_PYTHON), "-m", "components.classify"]
    command += ["--model", str(ensure_model(settings))]
    environment = os.environ | rasa_environment(settings)
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as rasa:
        if rasa.stdin is None or rasa.stdout is None or not rasa.stdout.readline():
            raise ModelUnusable
        for line in lines:
            rasa.stdin.write(json.dumps(line) + "\n")
            rasa.stdin.flush()
            answer = rasa.stdout.readline()
            if not answer:
                raise ModelUnusable
            yield _result(json.loads(answer))
        rasa.stdin.close()


def _lines(file: Path | None) -> Iterator[str]:
    if file is None:
        yield from (line.rstrip("\r\n") for line in sys.stdin)
        return
    try:
        text = file.read_text(errors="replace")
    except OSError as error:
        raise InvalidInput(f"cannot read {file}: {error.strerror}") from error
    yield from text.removesuffix("\n").split("\n")


def _result(parse: dict[str, Any]) -> dict[str, Any]:
    intent, entities = parse["intent"], parse["entities"]
    label = intent.get("label") or intent.get("name") or ""
    category = category_of(label)
    service = next((e["value"] for e in entities if e["entity"] == "service"), None)
    return {
        "text": parse["text"],
        "kind": kind_of(label),
        "category": category.value if category else None,
        "service": service,
        "aspect": aspect_of(label),
        "intent": label,
        "confidence": round(float(intent.get("confidence") or 0.0), 4),
        "entities": [
            {key: entity.get(key) for key in ("entity", "value", "start", "end")}
            for entity in entities
        ],
    }
