"""The held-out NLU test set is well formed, broad, and kept apart from the training data.

Files under `tests/nlu/`: `labels.yml` (label → kind), `robustness.yml` (inputs without a matter),
and one file per topic with `utterances: [{text, label, phenomena, service?, desa?, unavoidable?}]`.
`service` and `desa` are given where the text names one (of several, the one it is about); a bare
"KTP" counts as `ktp_new`. `unavoidable` excuses a line of at most three words from the comparison
with the training data: there is only one way to write "ya".
"""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from rapidfuzz import fuzz, process

from wadul.training.checks import check
from wadul.training.project import Project

ROOT = Path(__file__).resolve().parents[2]
TEST_SET = ROOT / "tests" / "nlu"
NOT_TOPICS = {"labels.yml", "robustness.yml"}

KINDS = {
    "complaint", "consultation", "information", "aspiration", "emergency",
    "handoff", "status", "smalltalk", "unclear",
}  # fmt: skip
SERVICES = set(
    "ktp_new ktp_lost ktp_damaged kk kia moving_within moving_out moving_in birth_certificate "
    "death_certificate ikd sktm sku domicile legalisation marriage_dispensation inheritance "
    "skck_letter crowd_permit nib pbg pbb land_deed social_aid bpjs_pbi other_recommendation "
    "village_fund".split()
)
VILLAGES = {
    "Sukalila", "Pilangsari", "Jatibarang Baru", "Bulak", "Bulak Lor", "Jatibarang", "Kebulen",
    "Pawidean", "Jatisawit", "Jatisawit Lor", "Krasak", "Kalimati", "Malangsemirang", "Lobener",
    "Lobener Lor",
}  # fmt: skip

PHENOMENA = range(1, 65)
WITHOUT_TEXT = {21}  # a sticker
MEDIA_WITH_TEXT = {25, 26, 27, 28}  # voice note, photos, pin: only their captions are text
PER_PHENOMENON = 8
PER_LABEL = 8
PER_EMERGENCY = 12
PER_SERVICE = 5

TOO_CLOSE = 85.0  # rapidfuzz.fuzz.ratio, percent
SHORT = 3  # words


@cache
def utterances() -> tuple[dict[str, Any], ...]:
    """All lines of all topics, each with the `file` it stands in."""
    return tuple(
        row | {"file": path.name}
        for path in sorted(TEST_SET.glob("*.yml"))
        if path.name not in NOT_TOPICS
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))["utterances"]
    )


@cache
def labels() -> dict[str, str]:
    kinds: dict[str, str] = yaml.safe_load((TEST_SET / "labels.yml").read_text("utf-8"))["labels"]
    return kinds


@cache
def training_lines() -> tuple[str, ...]:
    """Every example under `data/nlu`, without its entity markup."""
    lines: set[str] = set()
    for path in sorted((ROOT / "data" / "nlu").glob("**/*.yml")):
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if "intent" not in item:
                continue
            examples = item["examples"]
            if isinstance(examples, str):
                lines.update(_example(line) for line in _items(examples))
            else:
                lines.update(_example(str(example["text"])) for example in examples)
    return tuple(sorted(lines))


def _items(block: str) -> list[str]:
    return [item for item in re.split(r"^\s*-\s+", block, flags=re.MULTILINE) if item.strip()]


def _example(line: str) -> str:
    return comparable(re.sub(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})", r"\1", line))


def comparable(text: str) -> str:
    return " ".join(text.lower().split())


def closest(lines: list[str], others: tuple[str, ...]) -> list[tuple[str, float]]:
    """Those of `lines` that are too close to one of `others`, with the ratio."""
    found = []
    for line in lines:
        hit = process.extractOne(line, others, scorer=fuzz.ratio, score_cutoff=TOO_CLOSE)
        if hit is not None:
            found.append((line, round(hit[1], 1)))
    return found


def test_every_line_has_the_right_shape() -> None:
    fields = {"text", "label", "phenomena", "service", "desa", "unavoidable", "file"}
    wrong = [
        row
        for row in utterances()
        if not row.keys() <= fields
        or not (isinstance(row["text"], str) and row["text"].strip())
        or not set(row["phenomena"]) <= set(PHENOMENA)
        or not row["phenomena"]
        or row.get("service") not in SERVICES | {None}
        or row.get("desa") not in VILLAGES | {None}
        or row.get("unavoidable", True) is not True
    ]
    assert wrong == []


def test_every_label_is_known_and_has_a_known_kind() -> None:
    assert {row["label"] for row in utterances()} - labels().keys() == set()
    assert set(labels().values()) == KINDS


def test_the_set_is_large_enough() -> None:
    assert len(utterances()) >= 650


@pytest.mark.parametrize("label", sorted(labels()))
def test_every_label_is_well_represented(label: str) -> None:
    count = sum(row["label"] == label for row in utterances())
    assert count >= (PER_EMERGENCY if label.startswith("emergency/") else PER_LABEL)


@pytest.mark.parametrize("phenomenon", sorted(set(PHENOMENA) - WITHOUT_TEXT))
def test_every_phenomenon_is_well_represented(phenomenon: int) -> None:
    count = sum(phenomenon in row["phenomena"] for row in utterances())
    assert count >= (1 if phenomenon in MEDIA_WITH_TEXT else PER_PHENOMENON)


def test_every_service_is_asked_for() -> None:
    named = Counter(row.get("service") for row in utterances())
    assert {service for service in SERVICES if named[service] < PER_SERVICE} == set()


def test_long_stories_are_long() -> None:
    stories = [row["text"] for row in utterances() if 24 in row["phenomena"]]
    assert [text for text in stories if len(text) < 500] == []


def test_fragmented_messages_have_several_lines() -> None:
    fragments = [row["text"] for row in utterances() if 23 in row["phenomena"]]
    assert [text for text in fragments if "\n" not in text] == []


def test_no_two_lines_are_nearly_the_same() -> None:
    """Short lines may look alike ("p min", "p pak"), but none stands twice."""
    lines = [comparable(row["text"]) for row in utterances()]
    assert [line for line, count in Counter(lines).items() if count > 1] == []
    longer = [line for line in lines if len(line.split()) > SHORT]
    twins = [
        (line, near) for n, line in enumerate(longer) for near in closest([line], tuple(longer[:n]))
    ]
    assert twins == []


def test_no_line_is_close_to_a_training_line() -> None:
    """On failure rewrite the test line; do not look at the training data for it."""
    assert training_lines()
    lines = [comparable(row["text"]) for row in utterances() if not row.get("unavoidable")]
    assert closest(lines, training_lines()) == []


def test_the_trainers_check_finds_no_leak_either() -> None:
    """It compares more coarsely: without emoji, and "goblooook" as "goblok"."""
    found = check(Project(ROOT, ROOT / "offices", ROOT / "models", ROOT / "var"))
    assert [
        f"{each.file}:{each.line} {each.message}" for each in found if each.code == "leak"
    ] == []


def test_only_short_lines_are_excused() -> None:
    excused = [row["text"] for row in utterances() if row.get("unavoidable")]
    assert [text for text in excused if len(text.split()) > SHORT] == []


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("kk saya belum jadi sejak bulan lalu pak", True),
        ("KK saya belum jadi  sejak bulan lalu, pak", True),
        ("jembatan di desa kami roboh semalam", False),
    ],
)
def test_the_comparison_catches_a_planted_line(line: str, caught: bool) -> None:
    training = (_example("[kk](service) saya belum jadi sejak bulan lalu pak"),)
    assert bool(closest([comparable(line)], training)) is caught


def test_robustness_inputs_are_distinct_and_say_what_they_must_not_become() -> None:
    rows = yaml.safe_load((TEST_SET / "robustness.yml").read_text("utf-8"))["inputs"]
    assert {row["never"] for row in rows} == {"complaint"}
    assert max(len(row["text"]) * row.get("repeat", 1) for row in rows) >= 5000
    sent = [row["text"].encode() * row.get("repeat", 1) for row in rows]
    assert len(set(sent)) == len({row["name"] for row in rows}) == len(rows) >= 60
