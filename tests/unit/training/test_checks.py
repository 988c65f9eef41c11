"""Every kind of finding, each from one planted mistake."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wadul.cli.main import app
from wadul.training.checks import Finding, Severity, check, check_sentence
from wadul.training.checks.slow import findings_of
from wadul.training.corpus import Corpus
from wadul.training.project import Project

ROOT = Path(__file__).parents[3]
KINDS = {
    "greet": ("halo", "hai", "selamat", "permisi", "assalamualaikum"),
    "thanks": ("terima kasih", "makasih", "nuhun", "matur suwun", "hatur nuhun"),
}
DOMAIN = """\
version: "3.1"
intents: [greet, thanks]
entities: [service, desa]
slots:
  place:
    type: text
    mappings:
      - type: from_intent
        intent: greet
        value: x
        conditions:
          - active_loop: place_form
  mood:
    type: categorical
    values: [good, bad]
    mappings: [{type: custom}]
forms:
  place_form:
    required_slots: [place]
responses:
  utter_greet: [{text: Halo}]
  utter_ask_place: [{text: Di mana?}]
"""
RULES = """\
version: "3.1"
rules:
- rule: Greet
  steps:
  - intent: greet
  - action: utter_greet
- rule: Thanks
  condition:
  - slot_was_set:
    - mood: good
  steps:
  - or:
    - intent: thanks
    - intent: greet
  - action: place_form
  - active_loop: place_form
"""
TEST = """\
utterances:
  - {text: "wilujeng enjing bapak camat nu kasep", label: greet, service: ktp_new, desa: Krasak}
  - {text: "jazakallah khairan pak petugas loket", label: thanks}
"""


@pytest.fixture
def sound(tmp_path: Path) -> Project:
    """A project without a single finding."""
    project = Project(tmp_path, ROOT / "offices", tmp_path / "models", tmp_path / "var")
    for folder in ("data/nlu", "data/rules", "tests/nlu"):
        (tmp_path / folder).mkdir(parents=True)
    names = "adi budi citra dewi eka fajar gita hadi indra joko kartika lina mega nanda oki".split()
    places = "pasar sawah kantor rumah kali".split()
    for label, words in KINDS.items():
        lines = [
            f"    - {words[at % 5]} {name} {'di ' + places[at // 3] if at % 2 else ''}".rstrip()
            for at, name in enumerate(names)
        ]
        text = f'version: "3.1"\nnlu:\n- intent: {label}\n  examples: |\n' + "\n".join(lines) + "\n"
        (project.nlu / f"{label}.yml").write_text(text)
    project.domain.write_text(DOMAIN)
    (tmp_path / "data/rules/talk.yml").write_text(RULES)
    (project.held_out / "small.yml").write_text(TEST)
    return project


def codes(findings: list[Finding]) -> list[tuple[str, str, int]]:
    return [(finding.code, finding.file, finding.line) for finding in findings]


def test_a_sound_project_has_no_findings(sound: Project) -> None:
    assert check(sound) == []


def _more(sound: Project, *lines: str, label: str = "greet") -> None:
    path = sound.nlu / f"{label}.yml"
    path.write_text(path.read_text() + "".join(f"    - {line}\n" for line in lines))


def _sentences(seed: int, count: int) -> list[str]:
    """Of three to nine words that nobody ever said."""
    chance = random.Random(seed)
    letters = "abcdefghijklmnoprstuwy"
    return [
        " ".join("".join(chance.choices(letters, k=6)) for _ in range(chance.randint(3, 9)))
        for _ in range(count)
    ]


NLU = "data/nlu/greet.yml"
LAST = 20  # the first line after the fifteen examples
MISTAKES = {
    "contradiction": (["terima kasih adi"], [("contradiction", "data/nlu/thanks.yml", 5)]),
    "nearly the same": (
        ["makasih ya pak camat saya pamit dulu"],
        [("nearly_same", "data/nlu/thanks.yml", 20)],
    ),
    "repeated": (["halo adi"], [("repeated", NLU, LAST)]),
    "long and repeated": (
        ["kapan kantor kecamatan buka lagi", "KAPAN kantor kecamatan buka lagi?"],
        [("repeated", NLU, LAST + 1)],
    ),
    "short, written in another way": (["HALO adi", "halooo adi 🙏"], []),
    "leak": (
        ["Wilujeng enjing bapak camat nu kasep!"],
        [("leak", "tests/nlu/small.yml", 2)],
    ),
    "near leak": (
        ["wilujeng enjing bapak camat kasep pisan"],
        [("leak", "tests/nlu/small.yml", 2)],
    ),
    "unknown entity": (["ada [sesuatu](foo) di sini"], [("unknown_entity", NLU, LAST)]),
    "unknown alias": (["urus [kartu ajaib](service) pak"], [("unknown_value", NLU, LAST)]),
    "known alias": (["urus [ktp](service) di [krasak](desa:Krasak)"], []),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_in_examples(sound: Project, name: str) -> None:
    lines, expected = MISTAKES[name]
    if name == "nearly the same":
        _more(sound, "makasih ya pak camat saya pamit dulu yah", label="thanks")
    _more(sound, *lines)

    assert codes(check(sound)) == expected


def test_unbalanced_and_too_few_and_too_alike(sound: Project) -> None:
    sound.domain.write_text(DOMAIN.replace("[greet, thanks]", "[greet, thanks, cancel, deny]"))
    rules = sound.root / "data/rules/talk.yml"
    rules.write_text(
        RULES.replace(
            "- intent: thanks", "- intent: thanks\n    - intent: cancel\n    - intent: deny"
        )
    )
    _more(sound, *_sentences(1, 120))
    (sound.nlu / "x.yml").write_text(
        "nlu:\n- intent: cancel\n  examples: |\n    - batal\n"
        "- intent: deny\n  examples: |\n"
        + "".join(f"    - tidak usah saja pak camat {letter}\n" for letter in "abcdefghijklmnop")
    )

    assert sorted(codes(check(sound))) == [
        ("too_alike", "data/nlu/x.yml", 8),
        ("too_few", "data/nlu/x.yml", 4),
        ("unbalanced", NLU, 5),
    ]


FORM = {"unknown_form", "action_missing", "form_never_starts", "slot_mapping"}
EMPTY = {"label_without_examples", "intent_without_answer"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[greet, thanks]", "[greet, thanks, cancel]", EMPTY),
        ("[greet, thanks]", "[greet]", {"unknown_label", "unknown_intent"}),
        ("utter_greet:", "utter_hello:", {"response_missing"}),
        ("utter_ask_place", "utter_ask_nothing", {"question_missing"}),
        ("required_slots: [place]", "required_slots: [nowhere]", {"unknown_slot"}),
        ("  place_form:", "  other_form:", FORM),
        ("values: [good, bad]", "values: [bad]", {"slot_value"}),
        ("  mood:", "  temper:", {"unknown_slot"}),
        ("intent: greet\n        value", "intent: nothing\n        value", {"slot_mapping"}),
        ("entities: [service, desa]", "entities: [service, desa", {"broken_yaml"}),
        ("forms:", "slots: {}\nforms:", {"broken_yaml"}),
    ],
)  # fmt: skip
def test_mistakes_in_the_domain(sound: Project, old: str, new: str, expected: set[str]) -> None:
    assert old in DOMAIN
    sound.domain.write_text(DOMAIN.replace(old, new))

    found = check(sound)
    assert {finding.code for finding in found} == expected
    assert all(finding.line for finding in found if finding.code != "label_without_examples")


def test_mistakes_in_the_test_set(sound: Project) -> None:
    text = TEST.replace("label: thanks", "label: praise").replace("ktp_new", "ktp_old")
    (sound.held_out / "small.yml").write_text(text)

    assert codes(check(sound)) == [
        ("unknown_service", "tests/nlu/small.yml", 2),
        ("unknown_label", "tests/nlu/small.yml", 3),
    ]


def test_details_are_spelt_out(sound: Project) -> None:
    sound.domain.write_text(DOMAIN.replace("[greet, thanks]", "[greet, thanks, emergency]"))
    (sound.nlu / "x.yml").write_text("nlu:\n- intent: emergency/war\n  examples: |\n    - perang\n")

    found = next(each for each in check(sound) if each.code == "unknown_label")
    assert (found.file, found.line) == ("data/nlu/x.yml", 4)
    assert "fire, flood, crime, medical, other" in found.advice


def test_one_broken_file_does_not_hide_other_findings(sound: Project) -> None:
    _more(sound, "terima kasih adi")
    (sound.nlu / "broken.yml").write_text("nlu:\n- intent: greet\n  examples: |\n  - a\n x\n")

    assert codes(check(sound)) == [
        ("broken_yaml", "data/nlu/broken.yml", 4),
        ("contradiction", "data/nlu/thanks.yml", 5),
    ]


def test_while_somebody_types(sound: Project) -> None:
    corpus = Corpus.load(sound)

    (same,) = check_sentence(sound, corpus, "greet", "Terima kasih, Adi")
    assert (same.code, same.severity, same.line) == ("same", Severity.ERROR, 5)
    assert check_sentence(sound, corpus, "greet", "kalimat yang sungguh lain") == []
    (leak,) = check_sentence(sound, corpus, "greet", "wilujeng enjing bapak camat kasep pisan")
    assert (leak.code, leak.file, leak.line) == ("leak", "tests/nlu/small.yml", 2)

    def marks(source: str) -> list[str]:
        found = check_sentence(sound, corpus, "greet", source, with_markup=True)
        return [each.code for each in found]

    assert marks("urus [kartu ajaib](service) pak") == ["unknown_value"]
    assert marks("ada [sesuatu](foo) di sini") == ["unknown_entity"]
    assert marks("urus [ktp](service) di [krasak](desa:Krasak)") == []
    test_file = sound.held_out / "small.yml"
    test_file.write_text(TEST.replace("wilujeng enjing bapak camat nu kasep", "kalimat uji baru"))
    assert check_sentence(sound, corpus, "greet", "wilujeng enjing bapak camat kasep pisan") == []


def test_what_rasa_says_becomes_findings(sound: Project) -> None:
    output = (
        "/x/rasa/shared/utils/io.py:100: DeprecationWarning: old\n  import x\n"
        "\x1b[93m/x/rasa/shared/utils/io.py:100: UserWarning: The intent 'a' is not used.\n"
        "  More info at https://x\n\x1b[0m\x1b[93m/x/rasa/io.py:100: UserWarning: Second.\n\x1b[0m"
    )
    messages = [finding.message for finding in findings_of(sound, output, failed=True)]
    assert messages == [
        "Rasa: The intent 'a' is not used. More info at https://x",
        "Rasa: Second.",
    ]
    (only,) = findings_of(sound, "YAMLError Failed to read 'domain.yml'", failed=True)
    assert only.severity is Severity.ERROR


def test_ten_thousand_examples_take_less_than_twenty_seconds(sound: Project) -> None:
    for seed, label in enumerate(KINDS):
        _more(sound, *_sentences(seed, 5000), label=label)
    _more(sound, "makasih ya pak camat saya pamit dulu yah", label="thanks")
    _more(sound, "makasih ya pak camat saya pamit dulu")

    started = time.process_time()  # other programs may be busy
    findings = check(sound)

    assert time.process_time() - started < 20
    assert [finding.code for finding in findings] == ["nearly_same"]


def test_the_command(sound: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sound.root)
    monkeypatch.setenv("WADUL_OFFICES_DIR", str(sound.offices))
    run = CliRunner().invoke
    assert run(app, ["nlu", "check"]).exit_code == 0

    _more(sound, "halo adi")
    warned = run(app, ["nlu", "check", "--json"])
    assert warned.exit_code == 0
    assert json.loads(warned.stdout)["warnings"] == 1

    _more(sound, "terima kasih adi")
    wrong = run(app, ["nlu", "check", "--json"])
    assert wrong.exit_code == 1
    answer = json.loads(wrong.stdout)
    assert (answer["ok"], answer["errors"]) == (False, 1)
    assert answer["findings"][0]["line"] == 5
    assert "Putuskan maksudnya" in run(app, ["nlu", "check"]).stdout
