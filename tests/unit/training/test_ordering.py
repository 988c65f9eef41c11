"""What comes first in the trainers' inbox before the encoder has been asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from wadul.core.states import Category, HandOffReason, TicketKind
from wadul.models import new_id
from wadul.training.evidence import Evidence
from wadul.training.exceptions import ModelUnusable
from wadul.training.inbox import Item
from wadul.training.ordering import quick_order, taught_order
from wadul.training.project import Project

KNOWN = set("ktp kk saya belum jadi berapa biaya jalan rusak bikin akta lahir".split())
COST = "consultation/cost"


def _item(text: str, **more: Any) -> Item:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    told: dict[str, Any] = {"label": COST, "confidence": 0.9} | more
    return Item(new_id(), new_id(), now, text, **told)


PLAIN = _item("berapa biaya bikin kk")
LAND = Evidence("JTB-1", TicketKind.COMPLAINT, Category.LAND, "sari")


@pytest.mark.parametrize(
    "first",
    [
        replace(PLAIN, confidence=0.4),
        replace(PLAIN, label="nlu_fallback"),
        replace(PLAIN, flagged_by=("Sari",)),
        replace(PLAIN, evidence=(LAND,)),
        replace(PLAIN, handed=HandOffReason.NOT_UNDERSTOOD),
        replace(PLAIN, times=5),
        replace(PLAIN, text="pirang regane gawe srigunting"),
    ],
    ids=["unsure", "fallback", "flagged", "ticket", "gave up", "frequent", "new words"],
)
def test_what_teaches_more_comes_first(first: Item) -> None:
    first = replace(first, turn_id=new_id())
    order = quick_order([PLAIN, first], KNOWN)
    assert [each.item for each in order.placed] == [first, PLAIN]


def test_evidence_that_agrees_is_no_doubt() -> None:
    agrees = replace(PLAIN, turn_id=new_id(), label="complaint/land", evidence=(LAND,))
    unsure = replace(PLAIN, confidence=0.8)
    assert quick_order([agrees, unsure], KNOWN).placed[0].item == unsure


def test_messages_that_are_alike_stand_together() -> None:
    one, other = _item("ktp saya belum jadi", confidence=0.2), _item("ktp saya belum jadi jadi min")
    between = _item("jalan rusak", confidence=0.5)
    placed = quick_order([between, other, one], KNOWN).placed
    assert [each.item for each in placed] == [one, other, between]
    assert [each.cluster for each in placed] == [0, 0, 1]


class _Rasa:
    """Stands for the Rasa environment: keeps what was asked, answers what it was given."""

    def __init__(self, answer: Any) -> None:
        self.answered, self.asked = answer, {}

    def answer(self, module: str, request: Any, *_: str) -> Any:
        assert module == "components.active"
        self.asked = request
        if self.answered is None:
            raise ModelUnusable
        return self.answered


def test_the_encoder_is_told_doubt_and_counts_and_says_what_another_model_thinks(
    project: Project,
) -> None:
    items = [_item("jalan rusak", confidence=0.25, times=3), _item("jalan bolong"), PLAIN]
    rasa = _Rasa(
        {
            "order": [{"index": 2, "like": []}, {"index": 1, "like": [0]}],
            "nearest": [["complaint/land"], [], ["thanks"]],
        }
    )
    order = taught_order(project, rasa, quick_order(items, KNOWN), [])  # type: ignore[arg-type]

    asked = rasa.asked
    assert asked["texts"][0] == "jalan rusak"
    assert (asked["counts"][0], asked["uncertainty"][0]) == (3, 0.75)
    assert order.by_encoder
    assert [each.item.text for each in order.placed] == [asked["texts"][at] for at in (2, 1, 0)]
    assert [each.cluster for each in order.placed] == [2, 1, 1]
    assert order.placed[2].second == ("complaint/land",)
