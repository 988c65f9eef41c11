"""What the training did for residents, week by week."""

from __future__ import annotations

from datetime import date
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
from wadul.training.report import Mistaken, TrainingReport, Week, training_report

WEEKS = 12
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
    panel = TrainingReportPanel()
    panel.show(
        tabs=tabs,
        weeks=[_week(week) for week in report.weeks],
        mistaken=[_mistaken(each) for each in reversed(report.mistaken)],
    )


def _read(session: Session, actor: Actor, office: Office, today: date) -> TrainingReport:
    actor.require(Power.TRAIN)
    return training_report(session, office, weeks=WEEKS, today=today)


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
