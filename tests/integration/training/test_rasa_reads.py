"""Rasa reads back exactly what a trainer pasted, whatever signs are in it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from wadul.training import corpus
from wadul.training.corpus import Corpus
from wadul.training.markup import entities, plain
from wadul.training.project import Project

from .conftest import run_in_rasa

pytestmark = pytest.mark.integration

READ = """
import json, sys
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
found = []
for path in sys.argv[1:]:
    data = RasaYAMLReader().read(path)
    found.append([[m.get("text"), [[e["entity"], e["value"]] for e in m.get("entities") or []]]
                  for m in data.training_examples])
print(json.dumps(found))
"""
SIGNS = ["[", "]", "(", ")", "{", "}", "\\", "u", "U", "$", "#", ":", "-", "|", "'", '"', "/"]
TEXTS = [
    "lihat [foto](https://contoh.id/a) dan {ini}",
    "[ktp] (hilang) {kemarin} [kk][ada]",
    '[x]{"entity": "y"}',
    "harga ${HOME} $PATH dan $(ls)",
    r"C:\users\Unduhan \u0041 \U0001F600 \udead \n",
    "# bukan komentar: - [ ] daftar",
    "/restart sekarang",
    "'petik' \"ganda\" | pipa > lipat & dan * bintang ! seru % persen @ di",
    "- - - tiga strip",
    "<!-- komentar --> [[[]]] ][)( }{",
]


def _random_texts(seed: int) -> list[str]:
    chance = random.Random(seed)
    words = [f"kata{number}" for number in range(300)]
    return [word + "".join(chance.choices(SIGNS, k=12)) for word in words]


def test_signs_survive(tmp_path: Path) -> None:
    (tmp_path / "domain.yml").write_text("intents: [greet, thanks, cancel]\n")
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    project = Project(tmp_path, tmp_path, tmp_path, tmp_path / "var")
    ascii_only = TEXTS + _random_texts(1)
    with_emoji = [f"{text} lain 🙏" for text in TEXTS + _random_texts(2)]

    corpus.add(project, "greet", ascii_only)
    corpus.add(project, "thanks", with_emoji)
    marked = 'urus [kartu](service:kk) di [krasak]{"entity": "desa", "value": "Krasak"}'
    corpus.add(project, "cancel", [marked, "teks [a][] biasa"], with_markup=True)

    files = [str(project.nlu / f"{label}.yml") for label in ("greet", "thanks", "cancel")]
    first, second, third = json.loads(run_in_rasa(READ, *files))
    assert [text for text, _ in first] == ascii_only
    assert [text for text, _ in second] == with_emoji
    assert all(not found for _, found in first + second)
    assert third == [
        ["urus kartu di krasak", [["service", "kk"], ["desa", "Krasak"]]],
        ["teks a biasa", []],
    ]
    ours = Corpus.load(project).examples
    assert [each.text for each in ours if each.label == "greet"] == ascii_only
    assert [[plain(marked), [list(each) for each in entities(marked)]]] == third[:1]
