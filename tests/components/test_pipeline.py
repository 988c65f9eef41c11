"""The pipeline of config.yml on a small office of its own: learns, abstains, never breaks."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from benchmarks.nlu.pipeline import Pipeline, ours
from components.decision import AMBIGUOUS, FALLBACK, decide
from components.encoder import LAYERS, Begun, Encoder
from components.intent_classifier import FusedIntentClassifier
from components.relevant_entities import is_relevant

ROOT = Path(__file__).parents[2]

EXAMPLES = {
    "greet": ["halo", "selamat pagi", "assalamualaikum", "permisi pak", "punten", "hai min"],
    "thanks": ["makasih", "terima kasih pak", "nuhun", "suwun", "mantap pelayanannya, makasih"],
    "consultation/requirements": [
        "syarat ktp apa aja",
        "bikin kk bawa apa",
        "persyaratan akta kelahiran",
        "berkas sktm apa saja ya",
        "sarate gawe ktp apa bae",
    ],
    "consultation/cost": [
        "biaya bikin ktp berapa",
        "ngurus kk bayar ga",
        "sktm gratis ga pak",
        "legalisir kena berapa",
    ],
    "complaint/roads_irrigation_drainage": [
        "jalan rusak parah",
        "jalan berlubang di krasak",
        "irigasi mampet",
        "jembatan ambruk ga dibenerin",
        "dalan rusak ora didandani",
    ],
    "complaint/waste_environment": [
        "sampah numpuk di pinggir kali",
        "bau limbah pabrik",
        "uwuh ora dijukut",
        "sampah ga pernah diangkut",
    ],
    "emergency/fire": ["kebakaran tolong", "rumah kebakar", "ada api besar", "umah kobongan"],
}
PIPELINE = [one for one in ours() if "." in one["name"]]


def _train(offices: Path | None = None) -> Pipeline:
    pairs = [(text, label) for label, texts in EXAMPLES.items() for text in texts]
    extra = {"components.entity_extractor.OfficeEntityExtractor": {"offices": offices}}
    components = [one | extra.get(one["name"], {}) for one in PIPELINE]
    return Pipeline(components).train(*zip(*pairs, strict=True))


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline]:
    trained = _train()
    yield trained
    trained.forget()


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("min selamat siang", "greet"),
        ("syarate KIA apa ya", "consultation/requirements"),
        ("kalo legalisir bayarnya brp", "consultation/cost"),
        ("dalane bolong kabeh", "complaint/roads_irrigation_drainage"),
        ("sampah blm diangkut2", "complaint/waste_environment"),
        ("tolong ada kebakaran", "emergency/fire"),
    ],
)
def test_it_learns(pipeline: Pipeline, said: str, label: str) -> None:
    assert pipeline.ranking(said)[0]["label"] == label


def test_a_last_full_stop_says_nothing(pipeline: Pipeline) -> None:
    assert pipeline.ranking("jalan berlubang.") == pipeline.ranking("jalan berlubang")


@pytest.mark.parametrize(("sure", "goes_on"), [(0.1, False), (math.inf, True)])
def test_the_encoder_goes_on_only_where_its_first_layer_is_unsure(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, sure: float, goes_on: bool
) -> None:
    asked = []

    def begin(self: Encoder, text: str) -> Begun:
        vector = self.embed([text])[0]
        width = len(vector) // len(LAYERS)
        return Begun(vector[:width], lambda: asked.append(text) or vector[width:])

    monkeypatch.setattr(Encoder, "begin", begin)
    classifier = next(one for one in pipeline._loaded if isinstance(one, FusedIntentClassifier))
    monkeypatch.setattr(classifier._foresight, "sure", sure)
    assert pipeline.ranking("jalannya pada rusak")[0]["name"] == "complaint"
    assert bool(asked) is goes_on


def test_the_intent_has_its_name_label_confidence_and_alternatives(pipeline: Pipeline) -> None:
    intent = pipeline.read("jalan berlubang").get("intent")
    assert intent["name"] == "complaint"
    assert intent["label"] == "complaint/roads_irrigation_drainage"
    assert 0 < intent["confidence"] <= 1
    assert intent["alternatives"][0] == intent["label"]


def test_the_same_data_give_the_same_model(pipeline: Pipeline) -> None:
    again = _train()
    files = sorted(p.relative_to(pipeline.folder) for p in pipeline.folder.rglob("*.*"))
    assert files
    for file in files:
        one, other = pipeline.folder / file, again.folder / file
        if file.suffix == ".npz":
            with np.load(one) as left, np.load(other) as right:
                assert left.files == right.files
                assert all(np.array_equal(left[name], right[name]) for name in left.files)
        else:
            assert json.loads(one.read_text()) == json.loads(other.read_text())
    again.forget()


NEW_SERVICE = """\
code: fisher_card
category: permits_msme
aliases:
  - kartu nelayan
  - kusuka
"""


@pytest.fixture(scope="module")
def with_a_new_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """Trained again after an office added a service; not one example was written for it."""
    offices = tmp_path_factory.mktemp("office") / "offices"
    shutil.copytree(ROOT / "offices", offices)
    services = offices / "jatibarang" / "services"
    (services / "fisher_card.yml").write_text(NEW_SERVICE, encoding="utf-8")
    trained = _train(offices)
    yield trained
    trained.forget()


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("syarat kartu nelayan apa aja", "consultation/requirements"),
        ("sarate gawe kartu nelayane apa bae", "consultation/requirements"),
        ("ngurus kusuka bayar ga", "consultation/cost"),
        ("bikin kartu nlayan bawa apa", "consultation/requirements"),
    ],
)
def test_a_service_that_an_office_adds_is_understood(
    pipeline: Pipeline, with_a_new_service: Pipeline, said: str, label: str
) -> None:
    assert "fisher_card" not in _services(pipeline, said)
    assert _services(with_a_new_service, said) == ["fisher_card"]
    assert with_a_new_service.ranking(said)[0]["label"] == label


def _services(pipeline: Pipeline, said: str) -> list[str]:
    found = pipeline.read(said).get("entities")
    return [one["value"] for one in found if one["entity"] == "service"]


def robustness() -> list[Any]:
    path = ROOT / "tests" / "nlu" / "robustness.yml"
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))["inputs"]
    return [pytest.param(r["text"] * r.get("repeat", 1), id=r["name"]) for r in rows]


@pytest.mark.parametrize("said", robustness())
def test_what_says_nothing_is_never_a_sure_complaint(pipeline: Pipeline, said: str) -> None:
    intent = pipeline.read(said).get("intent")
    assert not (intent["name"] == "complaint" and intent["confidence"] >= 0.8)


@pytest.mark.parametrize("said", ["", "   ", "\n", "。。。", "مرحبا", "?!"])
def test_a_text_without_letters_falls_back(pipeline: Pipeline, said: str) -> None:
    assert pipeline.read(said).get("intent")["name"] == FALLBACK


@pytest.mark.parametrize("said", ["𝓳𝓪𝓵𝓪𝓷 𝗿𝘂𝘀𝗮𝗸", "ｊａｌａｎ ｒｕｓａｋ", "ⓙⓐⓛⓐⓝ ⓡⓤⓢⓐⓚ"])
def test_styled_letters_are_letters(pipeline: Pipeline, said: str) -> None:
    assert pipeline.ranking(said)[0]["label"] == "complaint/roads_irrigation_drainage"


def test_one_class_only_is_no_crash() -> None:
    lonely = Pipeline(PIPELINE).train(["halo", "hai"], ["greet", "greet"])
    assert lonely.read("halo").get("intent")["name"] == FALLBACK
    lonely.forget()


LIMITS = {"threshold": 0.3, "ambiguity": 0.3, "novelty": 3.0, "spam": 0.8}
LABELS = ["complaint/land", "complaint/pbb_tax", "consultation/cost", "greet"]


def test_two_unsure_categories_are_one_sure_complaint() -> None:
    first = decide("x", LABELS, [0.45, 0.4, 0.1, 0.05], LIMITS)[0]
    assert (first["name"], first["label"]) == ("complaint", "complaint/land")
    assert first["confidence"] == pytest.approx(0.85)


def test_complaint_or_question_is_asked() -> None:
    first = decide("x", LABELS, [0.4, 0.1, 0.45, 0.05], LIMITS)[0]
    assert first["name"] == AMBIGUOUS
    assert first["alternatives"] == ["complaint/land", "consultation/cost"]


def test_nothing_sure_is_admitted() -> None:
    first = decide("x", [*LABELS, "thanks"], [0.1, 0.1, 0.28, 0.27, 0.25], LIMITS)[0]
    assert first["name"] == FALLBACK


@pytest.mark.parametrize(
    ("novelty", "chances", "name"),
    [
        (0.4, [0.6, 0.3, 0.1, 0.0], "out_of_scope"),
        (0.4, [0.85, 0.1, 0.05, 0.0], "complaint"),
        (0.4, [0.1, 0.3, 0.6, 0.0], "emergency"),
        (0.1, [0.6, 0.3, 0.1, 0.0], "complaint"),
    ],
)
def test_unknown_words_make_another_world_likelier(
    novelty: float, chances: list[float], name: str
) -> None:
    labels = ["complaint/land", "out_of_scope", "emergency/fire", "spam"]
    assert decide("x", labels, chances, LIMITS, novelty)[0]["name"] == name


@pytest.mark.parametrize(
    ("chances", "name", "confidence"),
    [
        ([0.4, 0.3, 0.3], "out_of_scope", 0.6),
        ([0.4, 0.1, 0.5], "spam", 0.6),
        ([0.1, 0.4, 0.5], "out_of_scope", 0.9),
        ([0.55, 0.25, 0.2], "complaint", 0.55),
    ],
)
def test_what_is_not_for_the_office_stands_together(
    chances: list[float], name: str, confidence: float
) -> None:
    ranking = decide("x", ["complaint/land", "out_of_scope", "spam"], chances, LIMITS)
    assert (ranking[0]["name"], ranking[0]["confidence"]) == (name, pytest.approx(confidence))
    assert "complaint/land" in ranking[0]["alternatives"]


@pytest.mark.parametrize(
    ("category", "label", "confidence", "kept"),
    [
        ("pbb_tax", "complaint/roads_irrigation_drainage", 0.9, False),
        ("pbb_tax", "complaint/roads_irrigation_drainage", 0.5, True),
        ("pbb_tax", "complaint/pbb_tax", 0.9, True),
        ("pbb_tax", "consultation/cost", 0.9, True),
        ("civil_registration", "complaint/staff_conduct", 0.9, True),
        ("letters_legalisation", "skip", 0.9, False),
    ],
)
def test_relevance(category: str, label: str, confidence: float, kept: bool) -> None:
    entity = {"entity": "service", "value": "x", "category": category}
    assert is_relevant(entity, {"label": label, "confidence": confidence}) is kept
