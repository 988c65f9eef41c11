"""Old models are deleted, with what was measured of them; never one that may be needed."""

from __future__ import annotations

from wadul.exceptions import InvalidInput
from wadul.settings import Settings
from wadul.training.model import name_of
from wadul.training.project import Project
from wadul.training.promotion import before
from wadul.training.registry import Entry, Registry, update
from wadul.training.serving import chosen, serving_name


def remove(settings: Settings, name: str) -> Entry:
    """Raises `InvalidInput` for a model that is kept, `NotFound`."""
    project = Project.of(settings)
    removed: list[Entry] = []

    def without(registry: Registry) -> Registry:
        entry = registry.get(name)
        if reason := why_kept(settings, registry, entry.name):
            raise InvalidInput(f"{entry.name} tidak dapat dihapus: {reason}.")
        removed.append(entry)
        return registry.without(entry.name)

    update(project, without)
    [entry] = removed
    for file in (f"{entry.name}.tar.gz", f"{entry.name}-*"):
        for path in project.models.glob(file):
            path.unlink(missing_ok=True)
    return entry


def why_kept(settings: Settings, registry: Registry, name: str) -> str:
    """Nothing if it may be deleted."""
    serving, promoted = serving_name(settings), chosen(settings)
    if name == serving:
        return "model ini melayani warga"
    if promoted is not None and name == name_of(promoted):
        return "model ini sedang dipasang"
    if name == before(registry, serving):
        return "“Kembalikan” memasang model ini"
    return ""
