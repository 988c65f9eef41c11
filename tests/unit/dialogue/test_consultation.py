"""Which service and aspect a question means, with what was asked before."""

from __future__ import annotations

import pytest
from unit.dialogue.sayings import said

from wadul.core.consultation import Consulted, Wanted, remembered, what_is_wanted
from wadul.core.said import Said

NOTHING = Consulted()
KTP = Consulted("ktp_lost", "requirements")
COST_OF_WHAT = Consulted(waiting="cost")


def about(text: str, aspect: str, service: tuple[str, str] | None = None) -> Said:
    entities = {"service": service} if service else {}
    return said(text, f"consultation/{aspect}", **entities)


CASES = [
    (
        about("syarat ktp ilang", "requirements", ("ktp ilang", "ktp_lost")),
        NOTHING,
        Wanted("requirements", "ktp_lost"),
    ),
    (about("biayanya brp?", "cost"), KTP, Wanted("cost", "ktp_lost")),
    (about("biayanya brp?", "cost"), NOTHING, Wanted("cost")),
    (about("kk", "general", ("kk", "kk")), COST_OF_WHAT, Wanted("cost", "kk")),
    (about("kalau kk?", "general", ("kk", "kk")), KTP, Wanted("requirements", "kk")),
    (about("mau bikin kk baru", "general", ("kk", "kk")), KTP, Wanted("general", "kk")),
    (about("kantor kecamatan buka jam brp", "hours"), NOTHING, Wanted("hours", office=True)),
    (about("buka jam berapa", "hours"), KTP, Wanted("hours", office=True)),
    (about("ada nomor telponnya?", "contact"), KTP, Wanted("contact", office=True)),
    (about("kantor camat di mana", "place"), KTP, Wanted("place", office=True)),
    (about("ngurusnya dimana", "place"), KTP, Wanted("place", "ktp_lost")),
    (about("alamatnya dimana", "place"), NOTHING, Wanted("place", office=True)),
    (about("mau nanya pak", "general"), KTP, Wanted("general")),
]


@pytest.mark.parametrize(("turn", "memory", "wanted"), CASES, ids=[c[0].text for c in CASES])
def test_what_is_wanted(turn: Said, memory: Consulted, wanted: Wanted) -> None:
    assert what_is_wanted(turn, memory) == wanted


@pytest.mark.parametrize(
    ("memory", "wanted", "after"),
    [
        (NOTHING, Wanted("cost", "kk"), Consulted("kk", "cost")),
        (KTP, Wanted("hours", office=True), KTP),
        (NOTHING, Wanted("cost"), COST_OF_WHAT),
        (KTP, Wanted("general"), KTP),
    ],
)
def test_what_is_remembered(memory: Consulted, wanted: Wanted, after: Consulted) -> None:
    assert remembered(memory, wanted) == after
    assert Consulted.from_slot(after.to_slot()) == after
