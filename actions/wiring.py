"""The action server's one `Wadul`; set once at the start, by tests too."""

from __future__ import annotations

from wadul.bootstrap import Wadul

_current: list[Wadul] = []


def use(wadul: Wadul) -> None:
    _current[:] = [wadul]


def wadul() -> Wadul:
    """Raises LookupError before `use`."""
    if not _current:
        raise LookupError("call actions.wiring.use first")
    return _current[0]
