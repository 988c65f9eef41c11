"""What the training did for residents, week by week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from nicegui import Client
from sqlalchemy.orm import Session

from wadul.console import present, training_words
from wadul.console.desk import Desk
from wadul.console.elements import TrainingReportPanel
from wadul.console.training_desk import TrainingDesk
from wadul.core.actors import Actor, Power
from wadul.core.dates import local_date
from wadul.office import CATEGORIES, Office
from wadul.training.inbox import list_items
from wadul.training.proposals import Proposal, proposals_in
from wadul.training.report import Mistaken, TrainingReport, Week, training_report

WEEKS = 12
_LEAST_WEEKS = 4
_REASONS = {
    "asked": "diminta warga",
    "not_understood": "tidak dipahami",
    "anger": "kecewa",
    "operator": "diambil petugas",
}
_KINDS = {
    "complaint": "keluhan",
    "consultation": "pertanyaan",
    "aspiration": "aspirasi",
    "information": "informasi",
    "emergency": "darurat",
    "unclear": "tidak jelas",
    "smalltalk": "obrolan",
    "status": "cek laporan",
    "handoff": "minta petugas",
}


async def build(
    desk: Desk, training: TrainingDesk, tabs: list[dict[str, str]], client: Client
) -> None:
    today = local_date(desk.now(), desk.office.timezone)
    report = await desk.look(_read, desk.office, today)
    items = await desk.look(list_items, since=desk.now() - timedelta(weeks=WEEKS))
    panel = TrainingReportPanel()
    panel.show(
        tabs=tabs,
        weeks=[_week(week) for week in _begun(report.weeks)],
        mistaken=[_mistaken(each) for each in reversed(report.mistaken)],
        proposals=[
            {
                "words": each.words,
                "times": each.times,
                "by": ", ".join(each.by),
                "texts": each.texts,
            }
            for each in proposals_in(items)
        ],
    )


def _read(session: Session, actor: Actor, office: Office, today: date) -> TrainingReport:
    actor.require(Power.TRAIN)
    return training_report(session, office, weeks=WEEKS, today=today)


def _proposal(each: Proposal) -> dict[str, Any]:
    return {
        "words": each.words,
        "times": each.times,
        "by": ", ".join(each.by),
        "texts": list(each.texts),
    }


def _begun(weeks: Sequence[Week]) -> Sequence[Week]:
    """Without the weeks before anybody wrote; some remain, so that it looks like what it is."""
    first = next((at for at, week in enumerate(weeks) if week.turns), len(weeks))
    return weeks[min(first, len(weeks) - _LEAST_WEEKS) :]


def _week(week: Week) -> dict[str, Any]:
    causes = [f"{_REASONS[why]} {count}" for why, count in week.hand_offs.most_common()]
    mistaken = [f"{_KINDS.get(what, what)} {count}" for what, count in week.mistaken.most_common()]
    return {
        "week": present.short_date(week.monday),
        "turns": week.turns,
        "share": week.share,
        "share_words": training_words.percent(week.share) or "—",
        "unclear": week.unclear,
        "operators": week.to_operators,
        "causes": ", ".join(causes) or "—",
        "complaints": week.complaints,
        "mistaken": sum(week.mistaken.values()),
        "mistaken_words": ", ".join(mistaken),
    }


def _mistaken(each: Mistaken) -> dict[str, str]:
    kind = _KINDS.get(each.kind, each.kind)
    return {
        "number": each.number,
        "text": each.text or "(hanya untuk inspektur)",
        "taken": training_words.label(each.label)
        if "/" in each.label or each.label not in _KINDS
        else _KINDS[each.label],
        "became": f"{kind}: {CATEGORIES.get(each.category, each.category)}",
    }
