from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from wadul.training.exceptions import BrokenFile
from wadul.training.folds import split, written
from wadul.training.gate import Gate, Stories, Verdict, decide, load_gate
from wadul.training.metrics import Metrics, Row, measure
from wadul.training.nlu_file import Example, NluFile
from wadul.training.pictures import calibration, confusion
from wadul.training.project import Project
from wadul.training.replay import Outcome, compared

ROOT = Path(__file__).parents[3]
ROAD, LAND, COST, FIRE = "complaint/roads", "complaint/land", "consultation/cost", "emergency/fire"
ROWS = [
    Row("a", ROAD, ROAD, 0.95),
    Row("b", ROAD, LAND, 0.85),
    Row("c", ROAD, "ambiguous_kind", 0.35),
    Row("d", LAND, LAND, 0.95),
    Row("e", COST, COST, 0.55, "kk", "kk"),
    Row("f", COST, COST, 0.55, "kk", None),
    Row("g", FIRE, ROAD, 0.35),
    Row("h", FIRE, FIRE, 1.0),
]


def test_figures() -> None:
    found = measure(ROWS)

    assert found.utterances == 8
    assert found.accuracy == 0.625
    assert found.kind_accuracy == 0.75
    assert found.complaint_recall == 0.75  # the unclear one is lost, another topic is not
    assert found.emergency_recall == 0.5
    assert found.service_accuracy == 0.5
    road = found.per_label[ROAD]
    assert (road.precision, road.recall, road.support) == (0.5, 0.3333, 3)
    assert road.f1 == pytest.approx(0.4)
    # labels that only occur as predictions do not lower the mean
    assert found.macro_f1 == pytest.approx((0.4 + 2 / 3 + 1 + 2 / 3) / 4, abs=1e-3)
    assert [(each.count, each.accuracy) for each in found.bins] == [(2, 0), (2, 1), (1, 0), (3, 1)]
    assert found.calibration_error == pytest.approx((0.7 + 0.9 + 0.85 + 0.1) / 8, abs=1e-3)
    assert Metrics.from_dict(found.as_dict()) == found


def test_the_pictures_are_valid_and_say_what_was_confused() -> None:
    found = measure(ROWS)
    for drawing in (confusion(found), calibration(found)):
        ET.fromstring(drawing)
    assert f"{FIRE} → {ROAD}: 1 dari 2" in confusion(found)
    assert "3 kalimat: yakin 97%, benar 100%" in calibration(found)


def _gate(**fall: float) -> Gate:
    nothing = dict.fromkeys(
        ("accuracy", "macro_f1", "kind_accuracy", "complaint_recall", "emergency_recall"), 0.0
    )
    allowed = {name: 1.0 for name in nothing if name != "accuracy"} | {
        "intent_f1": 1.0,
        "intent_support": 2,
    }
    return Gate.model_validate(
        {"least": nothing, "most": {"calibration_error": 1.0}, "fall": allowed | fall}
    )


GOOD = measure([replace(row, predicted=row.expected, confidence=0.97) for row in ROWS])
BAD = measure(ROWS)
ALL = Stories(3, 0)


@pytest.mark.parametrize(
    ("gate", "stories", "words"),
    [
        (_gate(), ALL, None),
        (_gate(complaint_recall=0.2), ALL, "laporan yang dikenali sebagai laporan 100,0% → 75,0%"),
        (_gate(emergency_recall=0.4), ALL, "darurat yang dikenali sebagai darurat"),
        (_gate(intent_f1=0.5), ALL, "complaint/roads 100,0% → 40,0%"),
        (_gate(intent_f1=0.5, intent_support=4), ALL, None),
        (_gate(), Stories(2, 1), "2 dari 3 cerita percakapan"),
        (_gate(), Stories(2, 1, ("Jalan",)), "berjalan benar; yang salah: “Jalan”"),
        (_gate(), Stories(0, 7, tuple("abcdefg")), "“d”, “e” dan 2 lagi"),
        (_gate(), Stories(0, 0), "0 dari 0 cerita percakapan"),
        (_gate(), None, "cerita percakapan belum diuji"),
        (_gate().model_copy(update={"stories": False}), None, None),
    ],
)
def test_the_gate_says_why(gate: Gate, stories: Stories | None, words: str | None) -> None:
    verdict = decide(gate, BAD, GOOD, against="old", stories=stories)

    assert verdict.passed is (words is None)
    assert verdict.sentence.startswith("LULUS" if words is None else "TIDAK LULUS")
    assert words is None or words in verdict.sentence
    assert Verdict.of(verdict.as_dict()) == verdict
    failed = sum(not each.passed for each in verdict.conditions)
    assert verdict.short.startswith("LULUS" if words is None else f"TIDAK LULUS: {failed} dari")


def test_limits_hold_without_a_serving_model() -> None:
    gate = load_gate(Project(ROOT, ROOT, ROOT, ROOT))

    assert decide(gate, GOOD, None, stories=ALL).passed
    refused = decide(gate, BAD, None, stories=ALL)
    assert refused.against is None
    assert "ketepatan label 62,5%, paling sedikit 90,0%" in refused.sentence


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("accuracy: 0.90", "accuracy: 90", "least.accuracy"),
        ("macro_f1: 0.90", "makro: 0.90", "least.m"),
        ("least:", "least: [", "baris"),
    ],
)
def test_a_mistake_in_the_gate_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = (ROOT / "gate.yml").read_text()
    assert old in text
    (tmp_path / "gate.yml").write_text(text.replace(old, new, 1))
    with pytest.raises(BrokenFile, match=words):
        load_gate(Project(tmp_path, tmp_path, tmp_path, tmp_path))


def test_parts_of_a_cross_validation(tmp_path: Path) -> None:
    examples = [
        Example(label, f"kalimat {number} [[][]", tmp_path, number)
        for label in ("greet", "thanks")
        for number in range(7)
    ]
    parts = split(examples, 3, seed=1)

    assert sorted(each.source for held, _ in parts for each in held) == sorted(
        each.source for each in examples
    )
    for held, kept in parts:
        assert set(held).isdisjoint(kept)
        assert len(held) + len(kept) == 14
        assert set(Counter(each.label for each in held).values()) <= {2, 3}
    (tmp_path / "x.yml").write_text(written(examples))
    assert len(NluFile.load(tmp_path / "x.yml").examples) == 14


def test_a_replay_shows_every_message_that_changes_masked() -> None:
    def outcome(label: str, service: str | None = None, confidence: float = 0.9) -> Outcome:
        return Outcome(label.partition("/")[0], label, confidence, service)

    texts = ["jalan rusak", "nama saya Budi Santoso", "biaya kk", "halo"]
    counts = Counter({"jalan rusak": 5, "nama saya Budi Santoso": 1, "biaya kk": 2, "halo": 9})
    before = [outcome("complaint/land"), outcome("inform"), outcome(COST, "kk"), outcome("greet")]
    after = [outcome(ROAD), outcome(ROAD), outcome(COST), outcome("greet", confidence=0.4)]

    played = compared(texts, counts, before, after)

    assert (played.turns, played.texts) == (17, 4)
    assert [(each.text, each.times, each.other_kind) for each in played.differences] == [
        ("nama saya ⟨nama⟩", 1, True),
        ("jalan rusak", 5, False),
        ("biaya kk", 2, False),
    ]
