"""Taking down a report: pure steps from one turn to the next question.

    step = begin(said, pending, facts)           # a report starts
    step = advance(draft, said, facts)           # the next turn

A step says what to tell first (`notes`, names of responses), which side question to answer
(`aside`), and then either the question to ask (`draft.asked`) or how it ended (`outcome`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from wadul.core.deadlines import SUPERVISORY_CATEGORIES
from wadul.core.moves import Move, privacy_wish, read_move, says_nothing, says_report, says_send
from wadul.core.report import (
    ASK_LIMIT,
    WAVER_LIMIT,
    Draft,
    Facts,
    Question,
    alleges,
    open_question,
    party_in,
    taken_down,
    with_date,
    with_location,
)
from wadul.core.said import Pending, Said, category_of, joined, tells_something
from wadul.core.states import Category, HandOffReason, MessageKind, TicketKind

STALE_AFTER = timedelta(hours=24)
"""A report left lying this long is not continued by a new one."""

_AS_INFORMATION = (
    "consultation",
    "document_status",
    "out_of_area",
    "out_of_scope",
    "human_request",
)
_WITHOUT_A_TOPIC = ("", "ambiguous_kind", "attachment", "location")
_OPEN_KINDS = ("ambiguous_kind", "complaint", "nlu_fallback")
_FEAR_WITH_STORY = 6
"""Words that somebody says who fears to be named, and who also tells what happened."""


class Outcome(StrEnum):
    """How a report ended; also the values of the slot that the rules look at."""

    FILED = "filed"
    CANCELLED = "cancelled"
    DROPPED = "dropped"  # it never became one
    HAND_OFF = "hand_off"
    STOPPED = "stopped"
    ERASE = "erase"
    CONTINUES = "continues"  # it may belong to the ticket of a hand-off minutes ago


@dataclass(frozen=True)
class Step:
    draft: Draft
    notes: tuple[str, ...] = ()
    aside: str | None = None  # the intent of the side question
    outcome: Outcome | None = None
    pending: Pending | None = None  # an emergency that came in between, to be offered afterwards


def begin(said: Said, pending: Pending | None, facts: Facts) -> Step:
    """A report starts with this turn, together with the one that waited for the decision."""
    source = said
    if pending and _belongs(pending, said):
        waiting = pending.as_said(_waiting_label(said, pending))
        source = joined(waiting, replace(said, text="")) if said.tapped else waiting
        if not said.tapped:
            told = tells_something(said) or said.has_evidence or said.pin
            source = joined(waiting, said if told else replace(said, text=""))
    label = source.label
    kind = _kind_of(label)
    category = category_of(label) or Category.OTHER
    about = facts.service_categories.get(str(source.value("service")))
    if kind is not TicketKind.COMPLAINT and about:
        category = Category(about)
    supervisory = kind is TicketKind.COMPLAINT and category in SUPERVISORY_CATEGORIES
    protected = supervisory or (kind is TicketKind.COMPLAINT and alleges(source.text))
    draft = Draft(
        kind=kind,
        category=category,
        emergency=label.partition("/")[2] if category is Category.EMERGENCY else "",
        has_story=tells_something(source, _FEAR_WITH_STORY if label == "anonymity" else 2),
        anonymous=protected,
        confidential=protected,
        wanted=category is not Category.EMERGENCY or says_report(source),
    )
    draft = taken_down(draft, source, facts)
    notes: list[str] = []
    if wish := privacy_wish(source):
        draft = _with_privacy(draft, wish)
        notes += [] if False in wish else ["utter_privacy_promised"]
    elif draft.has_story and draft.wanted:
        notes.append(f"utter_begun_{kind}")
    if draft.outside:
        notes.append("utter_outside_noted")
    notes += _file_notes(said)
    aside = "emergency" if category is Category.EMERGENCY else None
    return _ask(Step(draft, tuple(notes), aside), said)


def advance(draft: Draft, said: Said, facts: Facts) -> Step:
    """The next turn of a report."""
    asked = draft.asked or open_question(draft)
    if _is_new_report(draft, said):
        fresh = begin(said, None, facts)
        return replace(fresh, notes=("utter_old_report_closed", *fresh.notes))
    move = read_move(asked, said)
    if move is Move.EMERGENCY and draft.category is Category.EMERGENCY:
        move = Move.ANSWER
    if asked in (Question.CONFIRMED, Question.CORRECTION) and _is_no_news(move, said):
        draft = replace(draft, wavering=draft.wavering + 1)
    step = _always(draft, asked, move, said, facts)
    if step is None:
        step = _by_question(draft, asked, move, said, facts)
    if step.outcome is None and step.draft.wavering >= WAVER_LIMIT:
        step = _to_a_person(draft, said, HandOffReason.NOT_UNDERSTOOD)
    return step if step.outcome else _ask(step, said)


def _always(draft: Draft, asked: Question, move: Move, said: Said, facts: Facts) -> Step | None:
    """Moves that mean the same whatever was asked."""
    if move is Move.EMERGENCY:
        return _emergency_in_between(draft, asked, said, facts)
    if move is Move.STOP:
        return Step(draft, outcome=Outcome.STOPPED)
    if move is Move.ERASE:
        return Step(draft, outcome=Outcome.ERASE)
    if move is Move.CANCEL:
        return Step(draft, outcome=Outcome.CANCELLED)
    if move is Move.HUMAN:
        return _to_a_person(draft, said, HandOffReason.ASKED)
    if move is Move.ASIDE:
        if said.intent == "insult" and draft.misses:
            return _to_a_person(draft, said, HandOffReason.ANGER)
        if asked is Question.WANTED and draft.misses:
            return Step(draft, aside=said.intent, outcome=Outcome.DROPPED)
        misses = draft.misses + (asked is Question.WANTED)
        return Step(replace(draft, misses=misses), aside=said.intent)
    if move is Move.CHECK:
        return Step(draft, ("utter_not_filed_yet",))
    if move is Move.NOISE:
        return _missed(draft, asked, said, "utter_not_understood_here")
    return None


def _emergency_in_between(draft: Draft, asked: Question, said: Said, facts: Facts) -> Step:
    """Numbers first. "Somebody has fallen again" belongs to the report, a fire elsewhere waits."""
    if asked is Question.STORY:
        draft = taken_down(draft, said, facts)
        draft = replace(draft, has_story=True, category=Category.EMERGENCY)
        return Step(draft, aside="emergency")
    if said.aspect == "other":
        draft = taken_down(draft, said, facts)
        return Step(draft, ("utter_added_here",), "emergency")
    return Step(draft, ("utter_report_kept",), "emergency", pending=Pending.of(said))


def _by_question(draft: Draft, asked: Question, move: Move, said: Said, facts: Facts) -> Step:
    if move is Move.CORRECTION:
        return Step(_corrected(draft, said, facts), ("utter_corrected",))
    if move is Move.PRIVACY and (wish := privacy_wish(said)):
        draft = _with_privacy(_with_messages(draft, said, words=False), wish)
        if asked is Question.CONFIRMED and says_send(said):
            return Step(draft, outcome=Outcome.FILED)
        return Step(draft, (_privacy_note(draft, wish),))
    match asked:
        case Question.WANTED:
            return _wanted(draft, move, said, facts)
        case Question.STORY:
            return _story(draft, move, said, facts)
        case Question.LOCATION:
            return _location(draft, move, said, facts)
        case Question.PHOTO | Question.INCIDENT:
            return _optional(draft, asked, move, said, facts)
        case Question.CORRECTION:
            if move is Move.ANSWER:
                return Step(_corrected(draft, said, facts), ("utter_corrected",))
            return Step(replace(draft, asked=None))
        case _:
            return _confirmed(draft, move, said, facts)


def _wanted(draft: Draft, move: Move, said: Said, facts: Facts) -> Step:
    if move is Move.NO:
        return Step(draft, outcome=Outcome.DROPPED)
    draft = replace(draft, wanted=True)
    if move is Move.ANSWER:
        draft = taken_down(draft, said, facts)
        draft = replace(draft, has_story=draft.has_story or tells_something(said))
    return Step(draft, _file_notes(said))


def _story(draft: Draft, move: Move, said: Said, facts: Facts) -> Step:
    if move is not Move.ANSWER:
        return _missed(draft, Question.STORY, said, "" if move is Move.YES else "utter_story_why")
    draft = taken_down(draft, said, facts)
    if wish := privacy_wish(said):
        draft = _with_privacy(draft, wish)
        if not tells_something(said):
            return Step(draft, (_privacy_note(draft, wish),))
    draft = _named(draft, said)
    if said.only_files and not said.has_evidence and not said.pin:
        return _missed(draft, Question.STORY, said, *_file_notes(said))
    if said.only_files:
        # A voice note or a photo is kept; one line of words is asked for, but not for ever.
        if draft.misses + 1 < ASK_LIMIT - 1:
            return Step(replace(draft, misses=draft.misses + 1), _file_notes(said))
        return Step(replace(draft, has_story=True), _file_notes(said))
    if not tells_something(said, 1):
        return _missed(draft, Question.STORY, said, "")
    return Step(replace(draft, has_story=True), (f"utter_begun_{draft.kind}", *_file_notes(said)))


def _location(draft: Draft, move: Move, said: Said, facts: Facts) -> Step:
    if move is not Move.ANSWER:
        again = "" if move is Move.YES else "utter_location_why"
        return _missed(draft, Question.LOCATION, said, again)
    before = draft
    draft = taken_down(draft, said, facts)
    if said.text.strip() and not said.only_files:
        draft = replace(draft, place=said.text.strip()[:200])
    if draft.desa_unsure and before.desa == draft.desa:
        draft = replace(draft, desa_unsure=False)  # said twice: it is meant
    notes = _file_notes(said)
    if draft.outside and not before.outside:
        notes = (*notes, "utter_outside_noted")
    if draft.has_location:
        return Step(draft, notes)
    if said.only_files:
        return Step(draft, notes)
    return _missed(draft, Question.LOCATION, said, "utter_place_noted")


def _optional(draft: Draft, asked: Question, move: Move, said: Said, facts: Facts) -> Step:
    if move is Move.NO:
        return Step(_past(draft, asked))
    if move is Move.YES:
        return _missed(draft, asked, said, "")
    draft = taken_down(draft, said, facts)
    if said.only_files and not said.has_evidence:
        return _missed(draft, asked, said, *_file_notes(said))
    if asked is Question.INCIDENT and not said.only_files:
        draft = replace(
            draft,
            occurred=draft.occurred or said.text.strip()[:200],
            reported_party=draft.reported_party or party_in(said.text),
        )
    waiting = asked is Question.PHOTO and said.only_files and not draft.visuals
    return Step(draft if waiting else _past(draft, asked), _file_notes(said))


def _confirmed(draft: Draft, move: Move, said: Said, facts: Facts) -> Step:
    if move is Move.YES or (move is Move.NO and says_nothing(said)):
        return Step(draft, outcome=Outcome.FILED)
    if move is Move.NO:
        return Step(replace(draft, asked=Question.CORRECTION, misses=0))
    if said.only_files:
        return Step(taken_down(draft, said, facts), _file_notes(said))
    if not tells_something(said, 1) and not said.entities:
        return _missed(draft, Question.CONFIRMED, said, "utter_not_understood_here")
    draft = replace(taken_down(draft, said, facts), misses=0)  # so that all is summed up anew
    return Step(_named(draft, said), ("utter_added_here", *_file_notes(said)))


def _missed(draft: Draft, asked: Question, said: Said, *notes: str) -> Step:
    """The question stays open; after too many tries it is left out, or a person takes over."""
    draft = replace(draft, misses=draft.misses + 1)
    if draft.misses < ASK_LIMIT:
        return Step(draft, tuple(note for note in notes if note))
    if asked is Question.STORY and not draft.files:
        return Step(draft, outcome=Outcome.DROPPED)
    if asked is Question.STORY:
        return Step(replace(draft, has_story=True))
    if asked is Question.WANTED:
        return Step(draft, outcome=Outcome.DROPPED)
    if asked in (Question.CONFIRMED, Question.CORRECTION):
        return _to_a_person(draft, said, HandOffReason.NOT_UNDERSTOOD)
    return Step(_past(draft, asked))


def _to_a_person(draft: Draft, said: Said, reason: HandOffReason) -> Step:
    kept = replace(_with_messages(draft, said), reason=reason)
    return Step(kept, outcome=Outcome.HAND_OFF)


def _ask(step: Step, said: Said) -> Step:
    """Set the question to ask; counting starts anew when it is another one."""
    draft = step.draft
    question = open_question(draft)
    if draft.asked is Question.CORRECTION:
        question = Question.CORRECTION
    if draft.asked is not question:
        draft = replace(draft, misses=0)
    return replace(step, draft=replace(draft, asked=question, touched_at=said.at))


def _corrected(draft: Draft, said: Said, facts: Facts) -> Draft:
    """Place and date are replaced; other words are added, so that nothing said is lost."""
    before = draft
    draft = with_location(draft, said, facts)
    draft = with_date(draft, said)
    facts_changed = draft != before
    if draft.desa != before.desa and draft.place == before.place and before.place:
        draft = replace(draft, place=None if (before.desa or "") in before.place else before.place)
    draft = _with_messages(draft, said)
    if not facts_changed:
        draft = replace(draft, told=f"{draft.told}\n{said.text.strip()}"[:600])
    return replace(draft, asked=None)


def _named(draft: Draft, said: Said) -> Draft:
    """The category as far as the new words tell it: first the topic, later only misconduct."""
    category = category_of(said.label)
    if draft.kind is not TicketKind.COMPLAINT or category is None or not said.confidence >= 0.5:
        return draft
    misconduct = category in SUPERVISORY_CATEGORIES and not draft.supervisory
    if draft.category is Category.OTHER or misconduct:
        draft = replace(draft, category=category)
    if misconduct:
        draft = replace(draft, anonymous=True, confidential=True)
    return draft


def _with_messages(draft: Draft, said: Said, *, words: bool = True) -> Draft:
    """Keep the turn's messages; with `words=False` only if they bring files."""
    if not words and not said.attachments:
        return draft
    ids = tuple(dict.fromkeys((*draft.message_ids, *said.message_ids)))
    return replace(draft, message_ids=ids)


def _with_privacy(draft: Draft, wish: tuple[bool | None, bool | None]) -> Draft:
    anonymous, confidential = wish
    return replace(
        draft,
        anonymous=draft.anonymous if anonymous is None else anonymous,
        confidential=draft.confidential if confidential is None else confidential,
    )


def _privacy_note(draft: Draft, wish: tuple[bool | None, bool | None]) -> str:
    if False in wish:
        return "utter_privacy_opened"
    return "utter_made_anonymous" if draft.anonymous and wish[0] else "utter_made_confidential"


def _past(draft: Draft, question: Question) -> Draft:
    return replace(draft, passed=(*draft.passed, question), misses=0)


def _file_notes(said: Said) -> tuple[str, ...]:
    """One sentence about what came along, the most telling kind first."""
    kinds = set(said.attachments)
    for kind in (
        MessageKind.IMAGE,
        MessageKind.VIDEO,
        MessageKind.AUDIO,
        MessageKind.DOCUMENT,
        MessageKind.CONTACT_CARD,
        MessageKind.STICKER,
        MessageKind.UNKNOWN,
    ):
        if kind in kinds:
            return (f"utter_got_{kind}",)
    return ("utter_got_pin",) if said.pin else ()


def _is_new_report(draft: Draft, said: Said) -> bool:
    if not (draft.touched_at and said.at) or said.at - draft.touched_at < STALE_AFTER:
        return False
    return said.clearly("complaint", "emergency", "aspiration") and tells_something(said)


def _is_no_news(move: Move, said: Said) -> bool:
    told = said.only_files or said.entities or tells_something(said, 3)
    return move in (Move.NO, Move.YES, Move.NOISE, Move.ANSWER) and not told


def _kind_of(label: str) -> TicketKind:
    intent = label.partition("/")[0]
    if intent == "aspiration":
        return TicketKind.ASPIRATION
    return TicketKind.INFORMATION if intent in _AS_INFORMATION else TicketKind.COMPLAINT


def _belongs(pending: Pending, said: Said) -> bool:
    """Whether the report that starts is about what waited, and not a story of its own."""
    if said.tapped or not tells_something(said):
        return True
    waits_for_a_ticket = pending.number is not None and category_of(pending.label) is not None
    return waits_for_a_ticket or pending.label.partition("/")[0] in _WITHOUT_A_TOPIC


def _waiting_label(said: Said, pending: Pending) -> str:
    """What the waiting turn turns out to be. A plain "yes, report" keeps what it was."""
    if said.intent in ("complaint", "aspiration"):
        if said.aspect and said.aspect != "general":
            return said.label
        if pending.label.partition("/")[0] in _OPEN_KINDS:
            return pending.best(said.intent)
        if pending.label == "out_of_area":  # a complaint from elsewhere, or a question?
            likely = [label.partition("/")[0] for label in pending.alternatives]
            if "complaint" in likely:
                return pending.best("complaint")
    return pending.label
