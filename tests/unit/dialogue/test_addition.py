"""More facts for a ticket: which one, and which messages."""

from __future__ import annotations

import pytest
from unit.dialogue.sayings import said

from wadul.core.addition import Adding, Addition, Ask, Ending, advance_addition, begin_addition
from wadul.core.said import Pending, Said
from wadul.core.states import MessageKind

ONE, TWO = "JTB-261124-7K3F", "JTB-261120-9QWE"
BARE = said("mau nambah keterangan laporan", "ticket_add", ids=["bare"])
FULL = said("mau nambahi, lubangnya makin besar dan dalam", "ticket_add", ids=["full"])
PHOTO = said("", "attachment", files=[MessageKind.IMAGE], ids=["photo"])
NUMBERED = said(f"tambahan untuk {TWO}", "ticket_add", ticket_number=TWO)
STRANGE = said("tambahan untuk JTB-261101-AAAA", "ticket_add", ticket_number="JTB-261101-AAAA")

BEGINNINGS = [
    (BARE, [ONE], None, Adding(Addition(ONE, (), Ask.FACTS))),
    (FULL, [ONE], None, Adding(Addition(ONE, ("full",), Ask.FACTS), Ending.ADD)),
    (BARE, [ONE, TWO], None, Adding(Addition(None, (), Ask.WHICH))),
    (FULL, [ONE, TWO], None, Adding(Addition(None, ("full",), Ask.WHICH))),
    (FULL, [ONE, TWO], TWO, Adding(Addition(TWO, ("full",), Ask.FACTS), Ending.ADD)),
    (NUMBERED, [ONE, TWO], ONE, Adding(Addition(TWO, (), Ask.FACTS))),
    (STRANGE, [ONE], None, Adding(Addition("JTB-261101-AAAA"), Ending.UNKNOWN_NUMBER)),
    (BARE, [], None, Adding(Addition(), Ending.NO_TICKET)),
]


@pytest.mark.parametrize(("turn", "numbers", "fresh", "expected"), BEGINNINGS)
def test_beginning(turn: Said, numbers: list[str], fresh: str | None, expected: Adding) -> None:
    assert begin_addition(turn, None, numbers, fresh) == expected


def test_a_tap_brings_the_files_that_waited() -> None:
    tap = said("Tambahkan", "ticket_add", 1.0, tapped=True, ids=["tap"])
    step = begin_addition(tap, Pending.of(PHOTO), [ONE])
    assert step == Adding(Addition(ONE, ("photo",), Ask.FACTS), Ending.ADD)


FACTS, WHICH = Addition(ONE, (), Ask.FACTS), Addition(None, ("full",), Ask.WHICH)
NEXT = [
    (FACTS, said("airnya sampai masuk rumah", ids=["x"]), Ending.ADD),
    (FACTS, PHOTO, Ending.ADD),
    (FACTS, said("batal", "cancel"), Ending.CANCELLED),
    (FACTS, said("ga jadi", "deny"), Ending.CANCELLED),
    (FACTS, said("jam berapa buka?", "consultation/hours"), Ending.LEFT),
    (FACTS, said("cek", "greet"), Ending.LEFT),
    (WHICH, said("cek pak", "greet", 0.49), Ending.LEFT),
    (FACTS, said("tadi ada lagi yang jatuh", "emergency/other"), Ending.ADD),
    (FACTS, said("???", "nlu_fallback"), None),
    (WHICH, said(TWO, "ticket_status", 0.5, ticket_number=TWO), Ending.ADD),
    (WHICH, said("bingung", "nlu_fallback"), None),
]


@pytest.mark.parametrize(("addition", "turn", "ending"), NEXT)
def test_the_next_turn(addition: Addition, turn: Said, ending: Ending | None) -> None:
    kept = Addition.from_slot(addition.to_slot())
    assert kept == addition
    assert advance_addition(kept, turn, [ONE, TWO]).ending is ending


@pytest.mark.parametrize(("addition", "ending"), [(FACTS, Ending.CANCELLED), (WHICH, Ending.ADD)])
def test_it_does_not_ask_for_ever(addition: Addition, ending: Ending) -> None:
    noise = said("?", "nlu_fallback")
    for _ in range(3):
        step = advance_addition(addition, noise, [ONE, TWO])
        if step.ending:
            assert step.ending is ending
            return
        addition = step.addition
    pytest.fail("still asking")
