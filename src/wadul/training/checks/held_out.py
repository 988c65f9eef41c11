"""The held-out utterances of `tests/nlu`: what a model is measured with and never trained on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ruamel.yaml.nodes import SequenceNode

from wadul.training.checks.findings import Finding
from wadul.training.exceptions import BrokenFile
from wadul.training.files import read
from wadul.training.nlu_file import compose, pairs
from wadul.training.project import Project


@dataclass(frozen=True)
class HeldOut:
    text: str
    label: str
    path: Path
    line: int
    service: str | None = None
    desa: str | None = None
    unavoidable: bool = False  # a short line that can be written in one way only


def held_out_files(project: Project) -> list[Path]:
    return sorted(project.held_out.glob("*.yml"))


def load_held_out(path: Path) -> tuple[HeldOut, ...]:
    """The `utterances:` of a file; empty for a file without. Raises `BrokenFile`."""
    node = pairs(compose(read(path))).get("utterances", (None, None))[1]
    if not isinstance(node, SequenceNode):
        return ()
    found = []
    for item in node.value:
        fields = {key: value.value for key, (_, value) in pairs(item).items()}
        if isinstance(fields.get("text"), str) and isinstance(fields.get("label"), str):
            found.append(
                HeldOut(
                    fields["text"],
                    fields["label"],
                    path,
                    item.start_mark.line + 1,
                    fields.get("service"),
                    fields.get("desa"),
                    fields.get("unavoidable") == "true",
                )
            )
    return tuple(found)


def held_out_of(project: Project) -> Iterator[HeldOut]:
    """All of them, read anew only where a file changed: a page asks at every pause in typing.

    A broken file is left out; the check of everything names it.
    """
    for path in held_out_files(project):
        with suppress(BrokenFile, OSError):
            yield from _as_of(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=200)
def _as_of(path: Path, _written_at: int) -> tuple[HeldOut, ...]:
    return load_held_out(path)


def check_held_out(
    project: Project,
    utterances: Sequence[HeldOut],
    labels: Collection[str],
    services: Collection[str],
) -> Iterator[Finding]:
    for each in utterances:
        if each.label not in labels:
            yield Finding(
                project.shown(each.path),
                each.line,
                "unknown_label",
                f"label {each.label} tidak dikenal.",
                "Betulkan label kalimat uji ini, atau hapus bila labelnya sudah tidak dipakai.",
            )
        if each.service is not None and services and each.service not in services:
            yield Finding(
                project.shown(each.path),
                each.line,
                "unknown_service",
                f"layanan {each.service} tidak ada di folder offices.",
                "Pakai kode layanan seperti nama berkasnya, mis. ktp_new.",
            )
