"""The training data itself: known labels, enough of each, and no line that contradicts another."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
import yaml
from rapidfuzz import fuzz, process

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "data" / "nlu").glob("*.yml"))
OFFICE = ROOT / "offices" / "jatibarang"

LABELS = {
    *"greet goodbye thanks bot_challenge insult spam out_of_scope menu".split(),
    *"affirm deny cancel correct skip inform anonymity".split(),
    *"document_status ticket_status ticket_add ticket_reopen ticket_withdraw".split(),
    *"aspiration human_request out_of_area".split(),
    *"privacy_data privacy_erase privacy_stop privacy_start".split(),
    *(
        f"consultation/{aspect}"
        for aspect in ("requirements cost duration place procedure hours contact general".split())
    ),
    *(
        f"complaint/{category}"
        for category in (
            "civil_registration letters_legalisation social_aid_bpjs permits_msme land pbb_tax "
            "roads_irrigation_drainage waste_environment order_security staff_conduct "
            "levy_gratification village_fund_government other general"
        ).split()
    ),
    *(f"emergency/{kind}" for kind in "fire flood crime medical other".split()),
}
ENOUGH = 60
"""Different examples that every label needs."""
SAME = 90
"""Edit ratio (0-100) from which two examples of one label count once."""
CONTRADICTION = 86
"""Edit ratio from which two examples of two labels contradict each other."""
LONG = 17
"""Characters below which one letter may change the meaning ("banjir" and "anjir")."""

SALAM = re.compile(r"w?a?s+al+am+u")
"""Coming and leaving differ in one letter: "assalamu…" and "wassalamu…"."""


def plain(text: str) -> str:
    """Return `text` in lower case without punctuation; emoji stay when there is nothing else."""
    return " ".join(re.findall(r"\w+", text.lower())) or text


@cache
def examples() -> dict[str, list[str]]:
    """Return the examples per label, over all files."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in FILES:
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            found[item["intent"]] += [line[2:].strip() for line in item["examples"].splitlines()]
    return dict(found)


@cache
def slots() -> re.Pattern[str]:
    """Return a pattern of service and desa names, the slots that template filling would fill."""
    names: set[str] = set()
    for path in (OFFICE / "services").glob("*.yml"):
        names.update(yaml.safe_load(path.read_text(encoding="utf-8"))["aliases"])
    for village in yaml.safe_load((OFFICE / "office.yml").read_text(encoding="utf-8"))["villages"]:
        names.update((village["name"], *village["spellings"]))
    longest_first = sorted({plain(str(name)) for name in names}, key=len, reverse=True)
    return re.compile(r"\b(" + "|".join(map(re.escape, longest_first)) + r"|\d+)\b")


def different(lines: list[str]) -> list[str]:
    """Return the lines that differ from each other in more than a slot value or a few letters."""
    kept: list[str] = []
    for line in lines:
        shape = slots().sub("_", plain(line)) if len(line) >= LONG else plain(line)
        if process.extractOne(shape, kept, scorer=fuzz.ratio, score_cutoff=SAME) is None:
            kept.append(shape)
    return kept


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_file_is_what_rasa_reads(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))

    assert list(content) == ["version", "nlu"]
    assert content["version"] == "3.1"
    for item in content["nlu"]:
        assert list(item) == ["intent", "examples"]
        for line in item["examples"].splitlines():
            assert line.startswith("- ")
            assert line[2:].strip()
            assert not re.search(r"[\[\]()\\]", line), "brackets would be read as an entity"


def test_every_label_is_known_and_every_known_label_has_examples() -> None:
    assert set(examples()) == LABELS


@pytest.mark.parametrize("label", sorted(LABELS))
def test_label_has_enough_different_examples(label: str) -> None:
    assert len(different(examples()[label])) >= ENOUGH


def test_no_example_stands_under_two_labels() -> None:
    labels: dict[str, set[str]] = defaultdict(set)
    for label, lines in examples().items():
        for line in lines:
            labels[plain(line)].add(label)

    assert {text: found for text, found in labels.items() if len(found) > 1} == {}


def test_no_example_is_nearly_one_of_another_label() -> None:
    rows = [
        (plain(line), label)
        for label, lines in examples().items()
        for line in lines
        if len(plain(line)) >= LONG
    ]
    texts = [text for text, _ in rows]

    clashes = {
        (text, texts[at])
        for text, label in rows
        for _, _, at in process.extract(
            text, texts, scorer=fuzz.ratio, score_cutoff=CONTRADICTION, limit=20
        )
        if rows[at][1] != label and not (SALAM.match(text) and SALAM.match(texts[at]))
    }

    assert clashes == set()
