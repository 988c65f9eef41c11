"""Changing the examples: one change is one readable diff, and nobody's work is overwritten."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from wadul.exceptions import InvalidInput
from wadul.training import corpus, files
from wadul.training.corpus import Corpus
from wadul.training.exceptions import (
    BrokenFile,
    ChangedMeanwhile,
    ExampleNotFound,
    NoRoom,
    UnknownLabel,
)
from wadul.training.project import Project


def changes(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def test_adding_is_one_line_of_diff_and_keeps_comments(project: Project) -> None:
    path = project.nlu / "complaint.yml"
    before = path.read_text()

    done = corpus.add(project, "complaint/land", ["sertifikat tanah saya ditahan"])

    assert done.new == ("sertifikat tanah saya ditahan",)
    assert changes(before, path.read_text()) == ["+    - sertifikat tanah saya ditahan"]
    assert "# sengketa" in path.read_text()


def test_the_indentation_of_the_file_is_kept(project: Project) -> None:
    corpus.add(project, "greet", ["selamat pagi pak"])

    assert (
        "      - assalamualaikum\n      - selamat pagi pak\n  - intent: thanks"
        in (project.nlu / "smalltalk.yml").read_text()
    )


def test_a_label_without_a_block_gets_one_beside_its_kin(project: Project) -> None:
    path = project.nlu / "complaint.yml"
    before = path.read_text()

    corpus.add(project, "complaint/pbb_tax", ["pajak saya salah hitung"])
    corpus.add(project, "consultation/cost", ["biaya ktp berapa"])

    assert changes(before, path.read_text()) == [
        "+",
        "+- intent: complaint/pbb_tax",
        "+  examples: |",
        "+    - pajak saya salah hitung",
    ]
    new = (project.nlu / "consultation.yml").read_text()
    assert new.endswith(
        "nlu:\n- intent: consultation/cost\n  examples: |\n    - biaya ktp berapa\n"
    )


def test_what_is_known_is_not_added_again(project: Project) -> None:
    done = corpus.add(
        project,
        "complaint/land",
        [
            "Tanah saya DISEROBOT, tetangga!",
            "tanah digadai",
            "tanah  digadai!!",
            "halo",
            "  ",
            "\x00",
            "a" * 5000,
        ],
    )

    assert done.new == ("tanah digadai",)
    assert done.known == 2
    assert [(text, other.label) for text, other in done.elsewhere] == [("halo", "greet")]
    assert [len(text) for text in done.refused] == [0, 80]


def test_numbers_of_people_do_not_reach_the_files(project: Project) -> None:
    done = corpus.add(
        project, "complaint/land", ["tanah saya nik 3212130101900001 hp 081234567890"]
    )

    assert done.masked == 1
    assert "3212130101900001" not in (project.nlu / "complaint.yml").read_text()
    assert "081234567890" not in (project.nlu / "complaint.yml").read_text()


def test_a_dry_run_writes_nothing(project: Project) -> None:
    before = {path: path.read_bytes() for path in project.nlu_files()}

    assert corpus.add(project, "greet", ["hai"], dry_run=True).new == ("hai",)
    corpus.move(project, ["halo"], "thanks", dry_run=True)
    corpus.remove(project, ["halo"], dry_run=True)

    assert {path: path.read_bytes() for path in project.nlu_files()} == before


def test_ten_thousand_pasted_sentences_from_a_stream(project: Project) -> None:
    pasted = (f"jalan nomor {number % 6000} berlubang dalam sekali" for number in range(10_000))

    done = corpus.add(project, "complaint/roads_irrigation_drainage", pasted)

    assert len(done.new) == 6000
    assert done.known == 4000
    again = Corpus.load(project)
    assert (
        sum(each.label == "complaint/roads_irrigation_drainage" for each in again.examples) == 6000
    )


def test_moving_inside_a_file_and_across_files(project: Project) -> None:
    path, other = project.nlu / "complaint.yml", project.nlu / "smalltalk.yml"
    before, other_before = path.read_text(), other.read_text()

    corpus.move(project, ["patok tanah digeser orang"], "complaint/waste_environment")
    corpus.move(project, ["assalamualaikum"], "complaint/waste_environment")

    assert changes(before, path.read_text()) == [
        "-    - patok tanah digeser orang",
        "+    - patok tanah digeser orang",
        "+    - assalamualaikum",
    ]
    assert changes(other_before, other.read_text()) == ["-      - assalamualaikum"]


def test_a_block_that_becomes_empty_goes(project: Project) -> None:
    corpus.remove(project, ["sampah menumpuk di pasar"])

    assert "waste_environment" not in (project.nlu / "complaint.yml").read_text()
    assert {each.label for each in Corpus.load(project).examples} == {
        "complaint/land", "greet", "thanks",
    }  # fmt: skip


def test_a_sentence_is_chosen_by_its_place_too(project: Project) -> None:
    removed = corpus.remove(project, ["data/nlu/complaint.yml:8"])

    assert [each.text for each in removed] == ["patok tanah digeser orang"]


def test_editing_keeps_the_place(project: Project) -> None:
    path = project.nlu / "complaint.yml"
    before = path.read_text()

    corpus.edit(project, "tanah saya diserobot tetangga", "tanah saya [kebun] diserobot")

    assert changes(before, path.read_text()) == [
        "-    - tanah saya diserobot tetangga",
        "+    - tanah saya [[][]kebun] diserobot",
    ]
    with pytest.raises(InvalidInput, match=r"sudah ada: data/nlu/smalltalk\.yml:5"):
        corpus.edit(project, "patok tanah digeser orang", "Halo!")


def test_editing_markup_keeps_the_entities(project: Project) -> None:
    corpus.add(project, "complaint/land", ["sawah di [krasak](desa) diserobot"], with_markup=True)
    example = corpus.edit(
        project,
        "sawah di krasak diserobot",
        "sawah blok [krasak](desa) diserobot",
        with_markup=True,
    )
    assert (example.text, example.entities[0].entity) == ("sawah blok krasak diserobot", "desa")


def test_moving_across_files_looks_at_each_files_own_digest(project: Project) -> None:
    names = ("complaint.yml", "smalltalk.yml")
    seen = {f"data/nlu/{name}": files.read(project.nlu / name).digest for name in names}
    corpus.move(project, ["halo"], "complaint/land", seen=seen)
    with pytest.raises(ChangedMeanwhile):
        corpus.move(project, ["assalamualaikum"], "complaint/land", seen=seen)


def test_windows_line_ends_stay(project: Project) -> None:
    path = project.nlu / "smalltalk.yml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    corpus.add(project, "greet", ["hai"])
    corpus.remove(project, ["halo"])

    assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")
    assert b"      - hai\r\n" in path.read_bytes()


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda p: corpus.add(p, "complaint/nothing", ["x y"]), UnknownLabel),
        (lambda p: corpus.add(p, "nlu_fallback", ["x y"]), UnknownLabel),
        (lambda p: corpus.move(p, ["halo"], "removed"), UnknownLabel),
        (lambda p: corpus.remove(p, ["tidak pernah ditulis"]), ExampleNotFound),
        (lambda p: corpus.remove(p, ["halo"], label="thanks"), ExampleNotFound),
        (lambda p: list(corpus.find(Corpus.load(p), "(", regex=True)), InvalidInput),
    ],
)
def test_what_cannot_be_is_said(project: Project, call: object, error: type[Exception]) -> None:
    before = {path: path.read_bytes() for path in project.nlu_files()}
    with pytest.raises(error):
        call(project)  # type: ignore[operator]
    assert {path: path.read_bytes() for path in project.nlu_files()} == before


def test_a_sentence_under_two_labels_has_to_be_chosen(project: Project) -> None:
    path = project.nlu / "complaint.yml"
    path.write_text(path.read_text() + "    - terima kasih\n")

    with pytest.raises(InvalidInput, match="complaint/waste_environment"):
        corpus.remove(project, ["terima kasih"])
    corpus.remove(project, ["terima kasih"], label="thanks")
    assert [each.label for each in corpus.find(Corpus.load(project), "terima kasih")] == [
        "complaint/waste_environment"
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("nlu:\n- intent: greet\n  examples: |\n    - a\n   - b\n", 5),
        ("nlu:\n- intent: [\n", 3),
        ("nlu:\n- intent: greet\n  examples: |\n    - halo\n    hai\n", 5),
        ("nlu: 7\n", 1),
        ("- a\n", 1),
        ("nlu:\n- intent: greet\n  examples: |\n    - ha\x07lo\n", 4),
    ],
)
def test_a_broken_file_names_its_line(project: Project, text: str, line: int) -> None:
    (project.nlu / "broken.yml").write_text(text)

    with pytest.raises(BrokenFile) as caught:
        Corpus.load(project)
    assert (caught.value.path.name, caught.value.line) == ("broken.yml", line)


def test_a_file_that_is_not_utf8_names_its_line(project: Project) -> None:
    (project.nlu / "broken.yml").write_bytes(b"nlu:\n- intent: gr\xffet\n")

    with pytest.raises(BrokenFile, match="baris 2"):
        Corpus.load(project)


def test_other_forms_can_be_read_but_are_not_rewritten(project: Project) -> None:
    text = "nlu:\n- intent: greet\n  examples:\n  - text: |\n      hai pak\n    metadata: {a: 1}\n"
    (project.nlu / "listed.yml").write_text(text)

    assert [each.text for each in corpus.find(Corpus.load(project), "hai pak")] == ["hai pak"]
    with pytest.raises(BrokenFile, match="ubah bentuknya"):
        corpus.remove(project, ["hai pak"])
    assert (project.nlu / "listed.yml").read_text() == text


def test_a_hand_edit_while_we_work_is_seen_and_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.nlu / "smalltalk.yml"
    real = files.tempfile.mkstemp

    def edited_meanwhile(**options: object) -> tuple[int, str]:
        path.write_text(path.read_text() + "  # dari tangan\n")
        return real(**options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(files.tempfile, "mkstemp", edited_meanwhile)
    with pytest.raises(ChangedMeanwhile):
        corpus.add(project, "greet", ["hai"])
    assert path.read_text().endswith("  # dari tangan\n")
    assert [each.name for each in project.nlu.iterdir() if each.name.endswith(".new")] == []


def test_a_page_that_shows_an_old_file_is_refused(project: Project) -> None:
    path = project.nlu / "smalltalk.yml"
    shown = {"data/nlu/smalltalk.yml": files.read(path).digest}
    corpus.add(project, "greet", ["hai"], seen=shown)

    with pytest.raises(ChangedMeanwhile):
        corpus.add(project, "greet", ["hei"], seen=shown)


def test_a_full_disk_leaves_the_file_as_it_was(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.nlu / "smalltalk.yml"
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(NoRoom, match=r"smalltalk\.yml tidak ditulis"):
        corpus.add(project, "greet", ["hai"])
    assert path.read_bytes() == before
    assert sorted(each.name for each in project.nlu.iterdir()) == ["complaint.yml", "smalltalk.yml"]


def test_two_programs_do_not_write_at_once(tmp_path: Path) -> None:
    """The lock belongs to the open file: a second opening in this process waits as well."""
    order: list[str] = []
    import threading

    def second() -> None:
        with files.locked(tmp_path / "lock", waiting=lambda: order.append("waits")):
            order.append("second")

    with files.locked(tmp_path / "lock"):
        thread = threading.Thread(target=second)
        thread.start()
        while "waits" not in order:
            thread.join(0.01)
        order.append("first")
    thread.join(5)
    assert order == ["waits", "first", "second"]
