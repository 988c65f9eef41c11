"""`wadul nlu find|add|move|remove|edit`: the examples in `data/nlu`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer

from wadul.cli.output import AsJson, print_json, print_table, says_errors
from wadul.exceptions import InvalidInput
from wadul.settings import Settings
from wadul.training import corpus
from wadul.training.nlu_file import Example
from wadul.training.project import Project

_SHOWN = 20  # of a preview
_MANY = 50  # new sentences from which a preview has to be confirmed

Label = Annotated[str, typer.Option("--label", help="Hanya label ini, mis. complaint/land.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Tunjukkan saja, jangan tulis.")]
Texts = Annotated[list[str] | None, typer.Argument(help="Kalimat, atau berkas:baris dari `find`.")]
FromFile = Annotated[
    Path | None, typer.Option("--file", help="Satu kalimat per baris; `-` = masukan standar.")
]


@says_errors
def find_command(
    words: Annotated[str, typer.Argument(help="Kata yang dicari.")] = "",
    label: Label = "",
    regex: Annotated[bool, typer.Option("--regex", help="Baca sebagai pola regex.")] = False,
    as_json: AsJson = False,
) -> None:
    """Cari contoh kalimat."""
    project = Project.of(Settings())
    found = list(corpus.find(corpus.Corpus.load(project), words, label=label, regex=regex))
    if as_json:
        print_json([_row(project, example) for example in found])
        return
    rows = [(_place(project, each), each.label, each.text) for each in found]
    print_table(f"{len(found)} kalimat", ("tempat", "label", "kalimat"), rows)


@says_errors
def add_command(
    label: Annotated[str, typer.Argument(help="Label, mis. complaint/land.")],
    texts: Texts = None,
    file: FromFile = None,
    with_markup: Annotated[
        bool, typer.Option("--markup", help="Kalimat memakai tanda entitas Rasa [..](..).")
    ] = False,
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help="Tulis tanpa bertanya.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tambah kalimat; yang sudah ada dilewati, data pribadi disamarkan."""
    project = Project.of(Settings())
    given = list(_given(texts, file))
    preview = corpus.add(project, label, given, with_markup=with_markup, dry_run=True)
    write = bool(preview.new) and not dry_run
    if write and len(preview.new) > _MANY and not yes:
        _show_addition(project, preview, written=False)
        if not (sys.stdin.isatty() and typer.confirm(f"Tulis {len(preview.new)} kalimat?")):
            raise InvalidInput("belum ditulis; ulangi dengan --yes bila pratinjau ini benar.")
    done = corpus.add(project, label, given, with_markup=with_markup) if write else preview
    if as_json:
        print_json(_addition(project, done) | {"written": write})
        return
    _show_addition(project, done, written=write)


@says_errors
def move_command(
    to: Annotated[str, typer.Argument(help="Label tujuan.")],
    texts: Texts = None,
    file: FromFile = None,
    label: Label = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Pindahkan kalimat ke label lain."""
    project = Project.of(Settings())
    moved = corpus.move(project, _wanted(texts, file), to, label=label, dry_run=dry_run)
    _show(project, f"dipindahkan ke {to}", moved, dry_run, as_json)


@says_errors
def remove_command(
    texts: Texts = None,
    file: FromFile = None,
    label: Label = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Hapus kalimat."""
    project = Project.of(Settings())
    removed = corpus.remove(project, _wanted(texts, file), label=label, dry_run=dry_run)
    _show(project, "dihapus", removed, dry_run, as_json)


@says_errors
def edit_command(
    text: Annotated[str, typer.Argument(help="Kalimat lama, atau berkas:baris.")],
    new_text: Annotated[str, typer.Argument(help="Kalimat baru.")],
    label: Label = "",
    as_json: AsJson = False,
) -> None:
    """Ubah kata-kata satu kalimat."""
    project = Project.of(Settings())
    _show(project, "diubah", [corpus.edit(project, text, new_text, label=label)], False, as_json)


def _given(texts: Sequence[str] | None, file: Path | None) -> Iterator[str]:
    """Arguments first, then the lines of the file; standard input where neither is given."""
    lines: Iterator[str] = iter(())
    if file is not None and str(file) != "-":
        try:
            lines = iter(file.read_text(encoding="utf-8", errors="replace").splitlines())
        except OSError as error:
            raise InvalidInput(f"{file} tidak dapat dibaca: {error.strerror}") from error
    elif file is not None or not texts:
        lines = iter(sys.stdin)
    return chain(texts or (), lines)


def _wanted(texts: Sequence[str] | None, file: Path | None) -> list[str]:
    return [text.strip() for text in _given(texts, file) if text.strip()]


def _place(project: Project, example: Example) -> str:
    return f"{project.shown(example.path)}:{example.line}"


def _row(project: Project, example: Example) -> dict[str, Any]:
    return {
        "label": example.label,
        "text": example.text,
        "source": example.source,
        "file": project.shown(example.path),
        "line": example.line,
    }


def _show(
    project: Project, done: str, examples: Sequence[Example], dry_run: bool, as_json: bool
) -> None:
    if as_json:
        print_json([_row(project, example) for example in examples])
        return
    title = f"{len(examples)} kalimat {'akan ' if dry_run else ''}{done}"
    rows = [(_place(project, each), each.label, each.text) for each in examples]
    print_table(title, ("tempat", "label", "kalimat"), rows)


def _addition(project: Project, addition: corpus.Addition) -> dict[str, Any]:
    return {
        "label": addition.label,
        "file": project.shown(addition.path),
        "new": list(addition.new),
        "known": addition.known,
        "masked": addition.masked,
        "refused": list(addition.refused),
        "elsewhere": [
            {"text": text, "label": other.label, "place": _place(project, other)}
            for text, other in addition.elsewhere
        ],
    }


def _show_addition(project: Project, addition: corpus.Addition, *, written: bool) -> None:
    verb = "ditambahkan ke" if written else "baru untuk"
    title = f"{len(addition.new)} kalimat {verb} {addition.label}"
    title += f" ({project.shown(addition.path)})"
    rows = [("+", source) for source in addition.new[:_SHOWN]]
    if len(addition.new) > _SHOWN:
        rows.append(("…", f"dan {len(addition.new) - _SHOWN} lagi"))
    rows += [
        ("!", f"{text}  ← sudah ada di {corpus.place_of(project, other)}; pakai `wadul nlu move`")
        for text, other in addition.elsewhere[:_SHOWN]
    ]
    rows += [("✗", f"{text}  ← kosong atau terlalu panjang") for text in addition.refused[:_SHOWN]]
    print_table(title, ("", "kalimat"), rows)
    counts = {
        "sudah ada, dilewati": addition.known,
        "ada di label lain, tidak ditambahkan": len(addition.elsewhere),
        "data pribadi disamarkan": addition.masked,
    }
    for words, count in counts.items():
        if count:
            typer.echo(f"{count} kalimat {words}.")
