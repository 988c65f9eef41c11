"""Rasa itself trains, and the disk fills up meanwhile."""

from __future__ import annotations

import pytest
from unit.training import disks

from wadul.training import model as models
from wadul.training.project import Project

from .test_damaged_data import (
    Run,
    project,  # noqa: F401 - a fixture
    run,  # noqa: F401 - a fixture
)

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]


@pytest.mark.parametrize("kind", disks.KINDS)
def test_nothing_is_touched_and_the_words_are_plain(
    project: Project,  # noqa: F811
    run: Run,  # noqa: F811
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(models, "_ROOM", 0)  # as if there had been enough when it began
    project.serving.write_text("wadul-1\n")
    with disks.little_room(project.models, kind, 200_000):
        project.registry.write_text('{"models": [], "history": []}')

        told = run("train", exit_code=1).stderr

        assert "wadul: Disk penuh saat melatih; yang setengah jadi sudah dihapus." in " ".join(
            told.split()
        )
        left = {path.name for path in project.models.iterdir()} - {"training.lock"}
        assert left == {project.registry.name}
        assert project.registry.read_text() == '{"models": [], "history": []}'
        assert project.serving.read_text() == "wadul-1\n"
