"""What trainers see of real messages, what they say about them, and what the data learns."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from integration.console.support import NOW, Desk
from wadul.core.actors import Actor
from wadul.core.states import Category, Decision, Standing, TicketKind
from wadul.exceptions import InvalidInput, NotFound, NotPermitted
from wadul.models import Annotation, Turn
from wadul.office import Office
from wadul.training.exceptions import UnknownLabel
from wadul.training.inbox import Item, context_of, get_item, list_items
from wadul.training.labelling import Choice, example_text, teach
from wadul.training.ordering import quick_order
from wadul.training.project import Project
from wadul.usecases import annotations, privacy
from wadul.usecases.message_flags import flag_message, unflag_message
from wadul.usecases.ticket_work import reclassify
from wadul.usecases.tickets import TicketDraft, file_ticket

ROADS, LAND = "complaint/roads_irrigation_drainage", "complaint/land"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The real domain and a few examples."""
    (tmp_path / "data/nlu").mkdir(parents=True)
    shutil.copy(ROOT / "domain.yml", tmp_path)
    (tmp_path / "data/nlu/complaint.yml").write_text(
        f"# Keluhan\nnlu:\n- intent: {ROADS}  # jalan\n  examples: |\n    - jalan rusak\n"
    )
    return Project(tmp_path, ROOT / "offices", tmp_path / "models", tmp_path / "var")


@pytest.fixture
def items(desk: Desk) -> Callable[[], list[Item]]:
    def read(who: str = "pelatih") -> list[Item]:
        with desk.database.transaction() as session:
            return list_items(session, desk.actor(who), since=NOW - timedelta(days=30))

    return read


def _said(desk: Desk, *texts: str, intent: str = ROADS) -> UUID:
    """A conversation with these turns; returns the last turn."""
    turn, to = None, None
    for number, text in enumerate(texts):
        at = NOW + timedelta(minutes=number)
        to = desk.says(text, to=to, at=at).conversation_id
        turn = desk.bot("Baik.", intent=intent, at=at + timedelta(seconds=5))
    assert turn is not None
    return turn.turn_id


def _item(desk: Desk, turn_id: UUID) -> Item:
    with desk.database.transaction() as session:
        return get_item(session, desk.actor("pelatih"), turn_id)


def _colleague(desk: Desk) -> Actor:
    return replace(desk.actor("admin"))  # an administrator may train too


def _decide(desk: Desk, project: Project, actor: Actor, turn_id: UUID, choice: Choice) -> None:
    """As the page does it: the data first, then the word."""
    taught = teach(project, _item(desk, turn_id), choice, actor.user_id)
    with desk.database.transaction() as session:
        if choice.decision is Decision.RELABEL:
            annotations.relabel(
                session,
                actor,
                turn_id,
                choice.label or "",
                taught=taught,
                settles=choice.settles,
                now=NOW,
            )
        elif choice.decision is Decision.RIGHT:
            annotations.confirm(session, actor, turn_id, taught=taught, now=NOW)
        elif choice.decision is Decision.NOT_FOR_TRAINING:
            annotations.set_aside(session, actor, turn_id, now=NOW)
        elif choice.decision is Decision.SECOND_OPINION:
            annotations.ask_second(session, actor, turn_id, now=NOW)
        else:
            annotations.propose_intent(session, actor, turn_id, choice.note, now=NOW)


def test_messages_come_masked_and_equal_ones_once(
    desk: Desk, items: Callable[..., list[Item]]
) -> None:
    _said(desk, "nama saya Budi Santoso, nik 3212130101900001, hp 081234567890")
    _said(desk, "jalan Rusak pak!")
    _said(desk, "jalan rusak pak")

    texts = {item.text: item.times for item in items()}
    assert texts == {
        "nama saya ⟨nama⟩, nik 3212********0001, hp 0812******90": 1,
        "jalan rusak pak": 2,
    }


def test_only_trainers_of_the_office_see_them(desk: Desk, items: Callable[..., list[Item]]) -> None:
    turn_id = _said(desk, "jalan rusak pak")
    with pytest.raises(NotPermitted):
        items("sari")
    stranger = replace(desk.actor("pelatih"), office_id="lohbener")
    with desk.database.transaction() as session:
        assert list_items(session, stranger, since=NOW - timedelta(days=30)) == []
        for read in (get_item, context_of):
            with pytest.raises(NotFound):
                read(session, stranger, turn_id)
        with pytest.raises(NotFound):
            annotations.confirm(session, stranger, turn_id, now=NOW)
        with pytest.raises(NotPermitted):
            annotations.confirm(session, desk.actor("sari"), turn_id, now=NOW)


def test_misconduct_is_not_for_trainers(desk: Desk, items: Callable[..., list[Item]]) -> None:
    turn_id = _said(
        desk, "saya dimintai 200rb sama petugas", "senin", intent="complaint/levy_gratification"
    )
    assert items() == []
    with pytest.raises(NotFound):
        _item(desk, turn_id)


def test_the_context_is_masked_too(desk: Desk) -> None:
    turn_id = _said(desk, "halo, saya Casmini", "ktp saya hilang")
    with desk.database.transaction() as session:
        said = context_of(session, desk.actor("pelatih"), turn_id)
    assert [(each.by_bot, each.text) for each in said] == [
        (False, "halo, saya ⟨nama⟩"),
        (True, "Baik."),
    ]


def test_erased_words_are_gone(desk: Desk, items: Callable[..., list[Item]]) -> None:
    turn_id = _said(desk, "jalan rusak di krasak")
    with desk.database.transaction() as session:
        turn = session.get_one(Turn, (desk.office.id, turn_id))
        turn.entities = [{"entity": "desa", "value": "Krasak", "start": 15, "end": 21}]
    contact = desk.conversation(turn.conversation_id).contact_id
    assert _item(desk, turn_id).entities[0]["value"] == "Krasak"
    with desk.database.transaction() as session:
        privacy.erase(session, desk.office.id, contact, now=NOW)
    assert items() == []
    with desk.database.transaction() as session:
        assert session.get_one(Turn, (desk.office.id, turn_id)).entities == []


def test_flags_and_tickets_speak_against_the_bot(
    desk: Desk, office: Office, items: Callable[..., list[Item]]
) -> None:
    sari = desk.actor("sari")
    message = desk.says("got mampet depan rumah")
    first = desk.bot("Baik.", intent="consultation/cost")
    yes = desk.says("ya", to=message.conversation_id, at=NOW + timedelta(minutes=1))
    turn = desk.bot("Dicatat.", intent="affirm", at=NOW + timedelta(minutes=1))
    with desk.database.transaction() as session:
        draft = TicketDraft(TicketKind.CONSULTATION, Category.OTHER, [message.id, yes.id])
        number = file_ticket(
            session,
            office,
            conversation_id=message.conversation_id,
            turn_id=turn.turn_id,
            draft=draft,
            now=NOW + timedelta(minutes=1),
        ).number
        session.flush()
        reclassify(
            session,
            sari,
            office,
            number,
            kind=TicketKind.COMPLAINT,
            category=Category.ROADS_IRRIGATION_DRAINAGE,
            desa=None,
            version=1,
            now=NOW + timedelta(minutes=2),
        )
        flag_message(session, sari, message.id, now=NOW)
        flag_message(session, sari, message.id, now=NOW)
    _said(desk, "halo min", intent="greet")

    order = quick_order(items(), {"halo"})
    item = order.placed[0].item
    assert item.turn_id == first.turn_id
    assert item.flagged_by == ("Sari",)
    (evidence,) = item.evidence
    assert (evidence.number, evidence.label, evidence.by) == (number, ROADS, "sari")
    assert evidence.contradicts(item.label)
    with desk.database.transaction() as session:
        unflag_message(session, sari, message.id)
        with pytest.raises(NotFound):
            flag_message(session, replace(sari, office_id="lohbener"), message.id, now=NOW)
        with pytest.raises(NotPermitted):
            flag_message(session, desk.actor("pelatih"), message.id, now=NOW)
    assert _item(desk, first.turn_id).flagged_by == ()


def test_a_right_message_becomes_an_example_in_one_line(desk: Desk, project: Project) -> None:
    turn_id = _said(desk, "jalan [blok] kaum\nbolong2, kata bu Ratna")
    pelatih = desk.actor("pelatih")
    before = (project.nlu / "complaint.yml").read_text()

    _decide(desk, project, pelatih, turn_id, Choice(Decision.RIGHT))

    text = example_text(_item(desk, turn_id).text)
    assert "⟨nama⟩" not in text
    assert "Ratna" not in text
    line = f"    - {text.replace('[', '[[][]')}\n"
    assert (project.nlu / "complaint.yml").read_text() == before + line
    item = _item(desk, turn_id)
    assert (item.outcome.standing, item.outcome.label) == (Standing.DECIDED, ROADS)
    assert item.words[0].taught


def test_selected_entities_are_written_as_markup(desk: Desk, project: Project) -> None:
    turn_id = _said(desk, "bikin ktp di krasak")
    choice = Choice(
        Decision.RELABEL,
        LAND,
        (
            {"entity": "desa", "start": 13, "end": 19},
            {"entity": "service", "value": "ktp_new", "start": 6, "end": 9},
        ),
    )
    _decide(desk, project, desk.actor("pelatih"), turn_id, choice)
    assert (
        "    - bikin [ktp](service:ktp_new) di [krasak](desa)\n"
        in (project.nlu / "complaint.yml").read_text()
    )

    for entities in (
        ({"entity": "nothing", "start": 0, "end": 5},),
        ({"entity": "desa", "start": 0, "end": 9}, {"entity": "desa", "start": 6, "end": 9}),
    ):
        with pytest.raises(InvalidInput):
            teach(
                project,
                _item(desk, _said(desk, "bikin kk di bulak")),
                Choice(Decision.RIGHT, entities=entities),
                desk.actor("pelatih").user_id,
            )


def test_two_trainers_disagree_and_settle(desk: Desk, project: Project) -> None:
    turn_id = _said(desk, "batas sawah saya dilewati got")
    one, other = desk.actor("pelatih"), _colleague(desk)
    file = project.nlu / "complaint.yml"

    _decide(desk, project, one, turn_id, Choice(Decision.SECOND_OPINION))
    assert _item(desk, turn_id).outcome.standing is Standing.SECOND
    _decide(desk, project, other, turn_id, Choice(Decision.RIGHT))
    assert _item(desk, turn_id).outcome.standing is Standing.DECIDED
    assert "batas sawah" in file.read_text()

    _decide(desk, project, one, turn_id, Choice(Decision.RELABEL, LAND))
    assert _item(desk, turn_id).outcome.standing is Standing.CONTESTED
    assert "batas sawah" not in file.read_text()  # nothing learns from what is in question

    _decide(desk, project, other, turn_id, Choice(Decision.RELABEL, LAND, settles=True))
    item = _item(desk, turn_id)
    assert (item.outcome.standing, item.outcome.label) == (Standing.DECIDED, LAND)
    assert f"- intent: {LAND}\n  examples: |\n    - batas sawah" in file.read_text()
    assert [(word.by, word.decision, word.settles) for word in item.words] == [
        ("Pelatih", Decision.SECOND_OPINION, False),
        ("Admin", Decision.RIGHT, False),
        ("Pelatih", Decision.RELABEL, False),
        ("Admin", Decision.RELABEL, True),
    ]
    # settled otherwise once more: the example moves, it is not doubled
    _decide(desk, project, one, turn_id, Choice(Decision.RELABEL, ROADS, settles=True))
    assert file.read_text().count("batas sawah") == 1


def test_a_removed_intent_is_refused_in_words(desk: Desk, project: Project) -> None:
    turn_id = _said(desk, "jalan rusak parah", intent="complaint/gone")
    for choice in (Choice(Decision.RIGHT), Choice(Decision.RELABEL, "complaint/gone")):
        with pytest.raises(UnknownLabel, match="complaint/gone tidak dikenal"):
            _decide(desk, project, desk.actor("pelatih"), turn_id, choice)
    assert _item(desk, turn_id).words == ()


def test_a_sentence_under_another_label_is_told_with_its_place(
    desk: Desk, project: Project
) -> None:
    turn_id = _said(desk, "jalan rusak!")
    with pytest.raises(InvalidInput, match=r"data/nlu/complaint\.yml:5"):
        _decide(desk, project, desk.actor("pelatih"), turn_id, Choice(Decision.RELABEL, LAND))


def test_other_decisions_teach_nothing(desk: Desk, project: Project) -> None:
    before = (project.nlu / "complaint.yml").read_text()
    pelatih = desk.actor("pelatih")
    for number, choice in enumerate(
        (
            Choice(Decision.NOT_FOR_TRAINING),
            Choice(Decision.NEW_INTENT, note="jadwal posyandu"),
            Choice(Decision.SECOND_OPINION),
        )
    ):
        _decide(desk, project, pelatih, _said(desk, f"pesan lain {number}"), choice)
    assert (project.nlu / "complaint.yml").read_text() == before
    with desk.database.transaction() as session, pytest.raises(InvalidInput):
        annotations.propose_intent(session, pelatih, _said(desk, "apa ini"), " ", now=NOW)


@pytest.mark.parametrize("change", [update(Annotation).values(label="x"), delete(Annotation)])
def test_annotations_are_append_only(desk: Desk, project: Project, change: object) -> None:
    turn_id = _said(desk, "jalan rusak banget")
    _decide(desk, project, desk.actor("pelatih"), turn_id, Choice(Decision.RIGHT))
    with pytest.raises(DBAPIError, match="append-only"), desk.database.transaction() as session:
        session.execute(change)  # type: ignore[call-overload]
    with desk.database.transaction() as session:
        assert len(session.scalars(select(Annotation)).all()) == 1
