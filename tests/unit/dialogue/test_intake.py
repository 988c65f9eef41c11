"""A report from the first word to its end, step by step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from unit.dialogue.sayings import NOW, ROAD, said

from wadul.core.intake import Outcome, Step, advance, begin
from wadul.core.report import ASK_LIMIT, Draft, Facts
from wadul.core.report import Question as Q
from wadul.core.said import Pending, Pin, Said
from wadul.core.states import Category, HandOffReason, MessageKind, TicketKind

FACTS = Facts(
    ambiguous_desa=frozenset({"Jatibarang"}),
    spellings={name.lower(): name for name in ("Krasak", "Kalimati", "Jatibarang", "Bulak")},
    service_categories={"ktp_lost": "civil_registration"},
)
STORY = said(
    "pak mau lapor, jalan di desa krasak rt 3 rusak parah berlubang dalam",
    ROAD,
    desa=("krasak", "Krasak"),
    rt=("3", "3"),
    ids=["story"],
)
WASTE = said("mau lapor sampah menumpuk bau sekali", "complaint/waste_environment", ids=["w"])
LEVY = said("petugas loket minta uang rokok 200rb", "complaint/levy_gratification", ids=["l"])
OTHER = said("tiang listrik mau roboh di desa bulak", "complaint/other", desa=("bulak", "Bulak"))

Expected = Q | Outcome


def play(first: Said, *turns: Said, pending: Pending | None = None) -> list[Step]:
    """All steps; the draft goes through its slot in between, as it does in the tracker."""
    steps = [begin(first, pending, FACTS)]
    for turn in turns:
        assert steps[-1].outcome is None, "the report has ended already"
        draft = Draft.from_slot(steps[-1].draft.to_slot())
        assert draft is not None
        steps.append(advance(draft, turn, FACTS))
    return steps


def path(steps: Sequence[Step]) -> list[Expected | None]:
    return [step.outcome or step.draft.asked for step in steps]


YES, NO = said("ya", "affirm"), said("tidak ada", "deny")
PHOTO = said("", "attachment", files=[MessageKind.IMAGE], ids=["photo"])
KRASAK = said("desa krasak rt 3 rw 2 depan balai desa", desa=("krasak", "Krasak"), ids=["place"])

PATHS: dict[str, tuple[list[Said], list[Expected]]] = {
    "all told at once": ([STORY, NO, YES], [Q.PHOTO, Q.CONFIRMED, Outcome.FILED]),
    "photo sent": ([STORY, PHOTO, YES], [Q.PHOTO, Q.CONFIRMED, Outcome.FILED]),
    "photo promised, then sent": (
        [STORY, YES, PHOTO, YES],
        [Q.PHOTO, Q.PHOTO, Q.CONFIRMED, Outcome.FILED],
    ),
    "place asked": (
        [WASTE, KRASAK, NO, YES],
        [Q.LOCATION, Q.PHOTO, Q.CONFIRMED, Outcome.FILED],
    ),
    "a pin is a place": (
        [WASTE, said(pin=Pin(-6.47, 108.31)), NO, YES],
        [Q.LOCATION, Q.PHOTO, Q.CONFIRMED, Outcome.FILED],
    ),
    "no place for a story that needs none": ([OTHER, YES], [Q.CONFIRMED, Outcome.FILED]),
    "no story yet": (
        [said("mau lapor", "complaint/general"), STORY, NO, YES],
        [Q.STORY, Q.PHOTO, Q.CONFIRMED, Outcome.FILED],
    ),
    "misconduct": (
        [LEVY, said("kemarin pagi di loket ktp"), YES],
        [Q.INCIDENT, Q.CONFIRMED, Outcome.FILED],
    ),
    "misconduct, nothing more to say": (
        [LEVY, said("lewati", "skip"), YES],
        [Q.INCIDENT, Q.CONFIRMED, Outcome.FILED],
    ),
    "cancelled": (
        [STORY, said("ga jadi, batal aja", "cancel")],
        [Q.PHOTO, Outcome.CANCELLED],
    ),
    "side question": (
        [WASTE, said("jam berapa buka?", "consultation/hours"), KRASAK],
        [Q.LOCATION, Q.LOCATION, Q.PHOTO],
    ),
    "emergency with the wish to report": (
        [said("mau lapor ada ular masuk rumah di bulak", "emergency/other", desa="bulak"), YES],
        [Q.CONFIRMED, Outcome.FILED],
    ),
    "emergency, no report": (
        [said("tolong kebakaran di jatisawit", "emergency/fire", desa="jatisawit"), NO],
        [Q.WANTED, Outcome.DROPPED],
    ),
    "emergency, then a report": (
        [said("tolong kebakaran di jatisawit", "emergency/fire", desa="jatisawit"), YES, YES],
        [Q.WANTED, Q.CONFIRMED, Outcome.FILED],
    ),
    "emergency, more facts are a yes": (
        [said("tolong ada kebakaran rumah", "emergency/fire"), KRASAK, YES],
        [Q.WANTED, Q.CONFIRMED, Outcome.FILED],
    ),
    "emergency, then silence about it": (
        [
            said("tolong ada kebakaran rumah", "emergency/fire"),
            said("jam berapa buka?", "consultation/hours"),
            said("syarat ktp apa?", "consultation/requirements"),
        ],
        [Q.WANTED, Q.WANTED, Outcome.DROPPED],
    ),
    "wrong summary": (
        [OTHER, said("salah", "deny"), said("tiang telepon bukan listrik"), YES],
        [Q.CONFIRMED, Q.CORRECTION, Q.CONFIRMED, Outcome.FILED],
    ),
    "send it without a name": (
        [OTHER, said("ya, anonim", "anonymity")],
        [Q.CONFIRMED, Outcome.FILED],
    ),
    "a person, please": (
        [STORY, said("mau ngomong sama orang", "human_request")],
        [Q.PHOTO, Outcome.HAND_OFF],
    ),
    "BERHENTI": ([STORY, said("berhenti", "privacy_stop")], [Q.PHOTO, Outcome.STOPPED]),
    "HAPUS DATA": ([STORY, said("hapus data", "privacy_erase")], [Q.PHOTO, Outcome.ERASE]),
    "aspiration": (
        [said("usul pak, tolong diadakan taman baca di desa", "aspiration"), YES],
        [Q.CONFIRMED, Outcome.FILED],
    ),
}


@pytest.mark.parametrize(("turns", "expected"), PATHS.values(), ids=PATHS.keys())
def test_paths(turns: list[Said], expected: list[Expected]) -> None:
    assert path(play(turns[0], *turns[1:])) == expected


NEVER_ANSWERED = {
    Q.STORY: (said("mau lapor", "complaint/general"), Outcome.DROPPED),
    Q.LOCATION: (WASTE, Q.PHOTO),
    Q.PHOTO: (STORY, Q.CONFIRMED),
    Q.INCIDENT: (LEVY, Q.CONFIRMED),
    Q.CONFIRMED: (OTHER, Outcome.HAND_OFF),
    Q.WANTED: (said("tolong ada kebakaran rumah", "emergency/fire"), Outcome.DROPPED),
}


@pytest.mark.parametrize(("asked", "case"), NEVER_ANSWERED.items())
@pytest.mark.parametrize("noise", [said("zxcvb", "nlu_fallback"), said("\u2060/restart", "greet")])
def test_no_question_is_asked_for_ever(asked: Q, case: tuple[Said, Expected], noise: Said) -> None:
    first, afterwards = case
    steps = play(first, *[noise] * ASK_LIMIT)
    assert path(steps) == [*[asked] * ASK_LIMIT, afterwards]


@pytest.mark.parametrize("word", ["ya", "tidak ada", "apa", "Budi", "lewati", "1", "?", ""])
@pytest.mark.parametrize("first", [STORY, WASTE, LEVY, OTHER, said("mau lapor", "complaint")])
def test_whoever_always_says_the_same_comes_to_an_end(first: Said, word: str) -> None:
    step = begin(first, None, FACTS)
    for _ in range(20):
        step = advance(step.draft, said(word, "nlu_fallback"), FACTS)
        if step.outcome:
            return
    pytest.fail(f"still asking {step.draft.asked}")


def test_what_was_said_is_not_asked_again() -> None:
    draft = begin(STORY, None, FACTS).draft
    assert (draft.desa, draft.place, draft.has_story) == ("Krasak", "RT 3", True)
    assert draft.message_ids == ("story",)


def test_answers_and_files_go_with_the_report_but_yes_and_no_do_not() -> None:
    *_, last = play(
        WASTE,
        KRASAK,
        PHOTO,
        said("oh iya baunya sampai ke sekolah", ROAD, ids=["more"]),
        said("ya", "affirm", ids=["yes"]),
    )
    assert last.outcome is Outcome.FILED
    assert last.draft.message_ids == ("w", "place", "photo", "more")
    assert last.draft.place == "desa krasak rt 3 rw 2 depan balai desa"
    assert (last.draft.visuals, last.draft.files) == (1, 1)


@pytest.mark.parametrize(
    ("text", "desa"),
    [
        ("eh salah, bukan Krasak tapi Kalimati", "Kalimati"),
        ("desanya kalimati", "Kalimati"),
        ("ralat: Kalimati, bukan Krasak", "Kalimati"),
    ],
)
@pytest.mark.parametrize("before", [[], [NO]], ids=["at the photo", "at the summary"])
def test_a_correction_replaces_the_desa_and_the_question_stays(
    text: str, desa: str, before: list[Said]
) -> None:
    first = min(re.findall("krasak|kalimati", text, re.IGNORECASE), key=text.find)
    turn = said(text, "correct", desa=(first, first.capitalize()))  # the extractor names one
    steps = play(STORY, *before, turn)
    assert steps[-1].draft.desa == desa
    assert steps[-1].draft.asked is steps[-2].draft.asked
    assert "utter_corrected" in steps[-1].notes


@pytest.mark.parametrize(
    ("text", "desa"),
    [
        ("di blok kalimati deket musola rt 3 rw 2", "Krasak"),
        ("di gang kalimati", "Krasak"),
        ("di desa kalimati blok krasak", "Kalimati"),
        ("di kalimati", "Kalimati"),
    ],
)
def test_a_block_named_like_another_desa_lies_in_the_one_that_is_known(
    text: str, desa: str
) -> None:
    turn = said(text, "inform", desa=("kalimati", "Kalimati"))
    assert play(STORY, turn)[-1].draft.desa == desa


def test_a_block_alone_is_taken_for_the_desa() -> None:
    turn = said("di blok kalimati", "inform", desa=("kalimati", "Kalimati"))
    assert play(WASTE, turn)[-1].draft.desa == "Kalimati"


def test_a_correction_in_words_is_added_to_the_story() -> None:
    turn = said("eh salah, maksudnya tiang telepon", "correct", ids=["fix"])
    step = play(OTHER, turn)[-1]
    assert "fix" in step.draft.message_ids
    assert "tiang telepon" in step.draft.told


@pytest.mark.parametrize(
    "text", ["ga ada", "tidak ada yg keliru", "ora ana pak", "teu aya", "laka"]
)
def test_nothing_is_wrong_with_the_summary(text: str) -> None:
    """The summary asks "Ada yang keliru?"; a plain "tidak" may mean "not right", this does not."""
    assert play(OTHER, said(text, "deny"))[-1].outcome is Outcome.FILED
    assert play(OTHER, said("tidak", "deny"))[-1].draft.asked is Q.CORRECTION


def test_after_an_addition_all_is_summed_up_anew() -> None:
    unread = said("pengaduan", "menu", 0.3)
    step = play(OTHER, unread, said("Jatisawit rt 2", "inform", desa=("Jatisawit", "Jatisawit")))[
        -1
    ]
    assert (step.draft.asked, step.draft.misses) == (Q.CONFIRMED, 0)


def test_misconduct_is_anonymous_and_confidential_and_can_be_opened() -> None:
    steps = play(LEVY, said("lewati", "skip"), said("terbuka saja", "inform"))
    first, last = steps[0].draft, steps[-1].draft
    assert (first.supervisory, first.anonymous, first.confidential) == (True, True, True)
    assert (last.anonymous, last.confidential) == (False, False)
    assert last.reported_party == "petugas loket"


def test_an_accusation_is_protected_whatever_its_topic() -> None:
    turn = said("kuwu korupsi dana desa buat rumah", "complaint/village_fund_government")
    draft = begin(turn, None, FACTS).draft
    assert (draft.anonymous, draft.confidential, draft.supervisory) == (True, True, False)


def test_misconduct_that_only_turns_up_later_is_misconduct() -> None:
    later = said("petugas minta uang 100rb biar cepet", "complaint/levy_gratification", ids=["x"])
    step = play(OTHER, later)[-1]
    assert step.draft.category is Category.LEVY_GRATIFICATION
    assert (step.draft.anonymous, step.draft.confidential) == (True, True)
    assert step.draft.asked is Q.INCIDENT


def test_fear_at_the_start_makes_the_report_anonymous() -> None:
    step = begin(said("sy mau lapor tapi takut ketauan", "anonymity"), None, FACTS)
    assert (step.draft.anonymous, step.draft.confidential) == (True, True)
    assert step.notes == ("utter_privacy_promised",)


def test_nothing_is_said_to_be_changed_before_there_is_a_report() -> None:
    step = begin(said("tidak usah anonim", "anonymity"), None, FACTS)
    assert (step.draft.anonymous, step.notes) == (False, ())


def test_the_name_of_the_kecamatan_is_asked_about_once() -> None:
    bare = said("di jatibarang", desa=("jatibarang", "Jatibarang"))
    steps = play(WASTE, bare, said("jatibarang", desa=("jatibarang", "Jatibarang")))
    assert steps[1].draft.asked is Q.LOCATION
    assert steps[1].draft.desa_unsure
    assert (steps[2].draft.asked, steps[2].draft.desa) == (Q.PHOTO, "Jatibarang")
    sure = play(WASTE, said("desa jatibarang rt 1", desa=("jatibarang", "Jatibarang")))
    assert sure[1].draft.asked is Q.PHOTO


def test_a_place_outside_is_taken_and_said() -> None:
    turn = said("jalan rusak di widasari", ROAD, out_of_area_place=("widasari", "Widasari"))
    step = begin(turn, None, FACTS)
    assert step.draft.asked is Q.PHOTO
    assert step.draft.outside == "Widasari"
    assert "utter_outside_noted" in step.notes


def test_a_date_is_resolved() -> None:
    turn = said("kemarin jalan ambles di krasak", ROAD, date=("kemarin", "2026-11-23"))
    draft = begin(turn, None, FACTS).draft
    assert (draft.occurred, draft.occurred_on) == ("kemarin", date(2026, 11, 23))


def test_an_emergency_in_between_comes_first_and_waits_to_be_offered() -> None:
    fire = said("tolong kebakaran di bulak!", "emergency/fire", ids=["fire"])
    step = play(STORY, fire)[-1]
    assert (step.aside, step.notes) == ("emergency", ("utter_report_kept",))
    assert step.draft.asked is Q.PHOTO
    assert step.draft.message_ids == ("story",)
    assert step.pending is not None
    assert step.pending.message_ids == ("fire",)


def test_more_harm_at_the_same_place_belongs_to_the_report() -> None:
    turn = said("tadi ada yang jatuh lagi", "emergency/other", ids=["fall"])
    step = play(STORY, NO, turn)[-1]
    assert (step.aside, step.draft.asked) == ("emergency", Q.CONFIRMED)
    assert step.draft.message_ids == ("story", "fall")
    assert step.pending is None


def test_an_emergency_told_as_the_story_is_the_story() -> None:
    turn = said("rumah pak rt kebakaran", "emergency/fire", ids=["fire"])
    step = play(said("mau lapor", "complaint/general"), turn)[-1]
    assert (step.aside, step.draft.category) == ("emergency", Category.EMERGENCY)
    assert step.draft.message_ids[-1] == "fire"
    assert step.draft.asked is Q.LOCATION


def test_a_voice_note_alone_is_kept_and_words_are_asked_for_once() -> None:
    voice = said("", "attachment", files=[MessageKind.AUDIO], ids=["voice"])
    steps = play(said("mau lapor", "complaint/general"), voice, voice)
    assert path(steps) == [Q.STORY, Q.STORY, Q.CONFIRMED]
    assert steps[-1].draft.message_ids[-1] == "voice"
    assert steps[1].notes == ("utter_got_audio",)


def test_the_same_turn_twice_changes_nothing_more() -> None:
    draft = begin(STORY, None, FACTS).draft
    once = advance(draft, PHOTO, FACTS)
    assert advance(draft, PHOTO, FACTS) == once
    again = advance(once.draft, PHOTO, FACTS)
    assert again.draft.message_ids == once.draft.message_ids


class TestPending:
    """The turn that waited for a decision is the report; nobody tells it twice."""

    unsure = Pending.of(
        said(
            "ktp saya belum jadi sebulan",
            "ambiguous_kind",
            alternatives=("complaint/civil_registration", "document_status"),
            ids=["first"],
        )
    )

    def test_a_tapped_choice_goes_on_with_the_original_words(self) -> None:
        tap = said("Melapor", "complaint", 1.0, tapped=True, ids=["tap"])
        draft = begin(tap, self.unsure, FACTS).draft
        assert draft.category is Category.CIVIL_REGISTRATION
        assert draft.told == "ktp saya belum jadi sebulan"
        assert draft.message_ids[0] == "first"
        assert draft.asked is Q.CONFIRMED

    def test_so_does_a_word(self) -> None:
        word = said("melapor pak", "complaint/general", ids=["word"])
        draft = begin(word, self.unsure, FACTS).draft
        assert draft.category is Category.CIVIL_REGISTRATION
        assert draft.asked is Q.CONFIRMED

    @pytest.mark.parametrize("label", ["document_status", "consultation/general"])
    def test_a_question_becomes_a_question_ticket(self, label: str) -> None:
        asked = said("ktp hilang saya sudah jadi belum", label, service=("ktp hilang", "ktp_lost"))
        tap = said("Catat pertanyaan saya", "complaint", 1.0, tapped=True)
        draft = begin(tap, Pending.of(asked), FACTS).draft
        assert (draft.kind, draft.category) == (
            TicketKind.INFORMATION,
            Category.CIVIL_REGISTRATION,
        )
        assert draft.asked is Q.CONFIRMED

    def test_a_photo_that_waited_goes_along(self) -> None:
        step = begin(said("Buat laporan", "complaint", tapped=True), Pending.of(PHOTO), FACTS)
        assert step.draft.asked is Q.STORY
        assert step.draft.message_ids[0] == "photo"
        assert step.draft.visuals == 1

    def test_noise_that_waited_does_not(self) -> None:
        noise = Pending.of(said("blablabla entahlah gitu deh", "nlu_fallback", ids=["noise"]))
        assert begin(STORY, noise, FACTS).draft.message_ids == ("story",)

    @pytest.mark.parametrize(
        ("alternatives", "kind"),
        [
            (("out_of_area", "complaint/roads_irrigation_drainage"), TicketKind.COMPLAINT),
            (("out_of_area", "consultation/requirements"), TicketKind.INFORMATION),
        ],
    )
    def test_what_comes_from_elsewhere_is_forwarded_as_what_it_is(
        self, alternatives: tuple[str, ...], kind: TicketKind
    ) -> None:
        elsewhere = said("jalan di widasari rusak", "out_of_area", alternatives=alternatives)
        tap = said("Ya, teruskan", "complaint", 1.0, tapped=True)
        assert begin(tap, Pending.of(elsewhere), FACTS).draft.kind is kind

    def test_it_survives_its_slot(self) -> None:
        assert Pending.from_slot(self.unsure.to_slot()) == self.unsure
        pinned = Pending.of(said(pin=Pin(-6.4, 108.3, "Pasar")), "JTB-261124-7K3F")
        assert Pending.from_slot(pinned.to_slot()) == pinned


def test_a_report_left_lying_is_not_continued_by_a_new_one() -> None:
    draft = begin(WASTE, None, FACTS).draft
    tomorrow = replace(STORY, at=NOW + timedelta(hours=25))
    step = advance(draft, tomorrow, FACTS)
    assert step.notes[0] == "utter_old_report_closed"
    assert step.draft.message_ids == ("story",)
    answer = replace(KRASAK, at=NOW + timedelta(hours=25))
    assert advance(draft, answer, FACTS).draft.message_ids == ("w", "place")


def test_anger_after_a_miss_gets_a_person() -> None:
    insult = said("goblok", "insult")
    steps = play(OTHER, said("zxcvb", "nlu_fallback"), insult)
    assert steps[-1].outcome is Outcome.HAND_OFF
    assert steps[-1].draft.reason is HandOffReason.ANGER
    calm = play(OTHER, insult)[-1]
    assert (calm.aside, calm.draft.asked) == ("insult", Q.CONFIRMED)
