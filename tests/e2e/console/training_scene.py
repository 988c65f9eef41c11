"""A language project of its own for the trainers' pages, and a week of what residents wrote."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from e2e.console.running import ROOT, RunningConsole
from e2e.console.scene import PASSWORD, Scene, minutes
from integration.training.conftest import DOMAIN, RULES, STORIES
from integration.training.test_damaged_data import (
    DAMAGE,
    held_out_of,
    lenient,
    write_examples,
)
from integration.training.test_damaged_data import LABELS as SMALL_LABELS

from wadul.core.states import Category, HandOffReason, Role, TicketKind
from wadul.models import Turn
from wadul.training.corpus import Corpus
from wadul.training.folds import written
from wadul.training.nlu_file import Example
from wadul.training.project import Project
from wadul.usecases.tickets import TicketDraft
from wadul.usecases.users import add_user

PER_LABEL = 8
ROADS, WASTE, LAND = (
    "complaint/roads_irrigation_drainage",
    "complaint/waste_environment",
    "complaint/land",
)
NOT_FOR_TRAINING = "-"


@dataclass(frozen=True)
class Wrote:
    """What a resident wrote, what the bot took it for, and what it is."""

    text: str
    took: str
    confidence: float
    truth: str


WEEK = (
    Wrote("lampu jalan depan masjid pilangsari mati sudah seminggu", ROADS, 0.71, ROADS),
    Wrote("aspal di blok kaum ngelupas parah pak mohon ditambal", ROADS, 0.66, ROADS),
    Wrote("gorong gorong ambruk di deket balai desa bulak", WASTE, 0.48, ROADS),
    Wrote("selokan mampet bau busuk kalau hujan meluap ke rumah", WASTE, 0.52, ROADS),
    Wrote("tumpukan sampah di pinggir kali ga diangkut angkut", WASTE, 0.69, WASTE),
    Wrote("asap pabrik bikin sesak warga sekitar min", WASTE, 0.58, WASTE),
    Wrote("ada yg bakar limbah plastik tiap malem", WASTE, 0.62, WASTE),
    Wrote("batas tanah warisan saya digeser sama tetangga", LAND, 0.7, LAND),
    Wrote("sertifikat sawah saya namanya salah gimana ini", "consultation/procedure", 0.41, LAND),
    Wrote("kk baru syaratnya apa aja ya min", "consultation/requirements", 0.83, ""),
    Wrote("berkas apa yg dibawa buat bikin akta lahir", "consultation/requirements", 0.74, ""),
    Wrote("bikin ktp bayar berapa", "consultation/cost", 0.79, ""),
    Wrote("ngurus skck dikenai biaya ga pak", "consultation/cost", 0.61, ""),
    Wrote("berapa hari jadinya kalau bikin kk", "consultation/duration", 0.72, ""),
    Wrote("kantor buka sampai jam berapa hari jumat", "consultation/hours", 0.77, ""),
    Wrote("sabtu pelayanan buka tidak", "consultation/hours", 0.57, ""),
    Wrote("ngurus surat pindah itu dimana ya", "consultation/place", 0.55, ""),
    Wrote("langkah langkah bikin nib gimana", "consultation/procedure", 0.68, ""),
    Wrote("halo selamat sore bapak admin", "greet", 0.88, ""),
    Wrote("hatur nuhun pisan admin", "thanks", 0.64, ""),
    Wrote("nuwun kang wis dibantu", "greet", 0.39, "thanks"),
    Wrote("rumah tetangga kebakaran tolong cepat", "emergency/fire", 0.81, ""),
    Wrote("banjir masuk rumah setinggi lutut tolong", "emergency/flood", 0.75, ""),
    Wrote("ktp saya udah jadi belum pak", "document_status", 0.73, ""),
    Wrote("cek laporan saya yg kemarin", "ticket_status", 0.78, ""),
    Wrote("mau ngomong sama petugas langsung aja", "human_request", 0.86, ""),
    Wrote("usul ada wifi gratis di balai desa", "aspiration", 0.63, ""),
    Wrote("asdkjh qwe", "nlu_fallback", 0.22, NOT_FOR_TRAINING),
    Wrote("promo pulsa murah hubungi sekarang juga", "out_of_scope", 0.36, "spam"),
    Wrote("BPJS saya nonaktif padahal rutin berobat", "complaint/social_aid_bpjs", 0.6, ""),
)


class TrainingConsole(RunningConsole):
    """A console whose `data/` is a smaller copy, so that tests may change it.

    `rasa`: a stand-in for the Rasa environment's Python; None for the real one.
    """

    def __init__(self, folder: Path, *, rasa: Path | None = None) -> None:
        super().__init__(folder, a_week)
        self.root = folder / "project"
        self.project = Project(
            self.root, self.settings.offices_dir, self.root / "models", self.settings.var_dir
        )
        self._copy()
        python = self.root / ".venv-rasa"
        if rasa is None:
            python.symlink_to(ROOT / ".venv-rasa")
        else:
            (python / "bin").mkdir(parents=True)
            (python / "bin/python").symlink_to(rasa)
        self.more = {"WADUL_MODEL_DIR": str(self.project.models)}

    def _copy(self) -> None:
        self.project.nlu.mkdir(parents=True)
        self.project.models.mkdir()
        for name in ("domain.yml", "config.yml", "gate.yml", "endpoints.yml", "credentials.yml"):
            shutil.copy(ROOT / name, self.root / name)
        for name in ("components", "envs", "actions"):
            (self.root / name).symlink_to(ROOT / name)
        (self.root / "offices").symlink_to(self.settings.offices_dir)
        for name in ("rules", "stories"):
            if (ROOT / "data" / name).is_dir():
                shutil.copytree(ROOT / "data" / name, self.root / "data" / name)
        for name in ("nlu", "conversations"):
            shutil.copytree(ROOT / "tests" / name, self.root / "tests" / name)
        real = Corpus.load(Project(ROOT, ROOT / "offices", ROOT / "models", ROOT / "var"))
        for file in real.files:
            kept = _some(file.examples)
            if kept:
                (self.project.nlu / file.path.name).write_text(written(kept), encoding="utf-8")

    def file(self, name: str) -> str:
        return (self.project.nlu / name).read_text(encoding="utf-8")

    def corpus(self) -> Corpus:
        return Corpus.load(self.project)


class SmallConsole(TrainingConsole):
    """Four labels of the real data, a dialogue of four rules, the real pipeline and gate."""

    def _copy(self) -> None:
        super()._copy()
        shutil.rmtree(self.root / "data")
        shutil.rmtree(self.root / "tests")
        (self.project.nlu).mkdir(parents=True)
        (self.root / "data/rules.yml").write_text(RULES)
        self.project.domain.write_text(DOMAIN)
        self.project.conversations.mkdir(parents=True)
        (self.project.conversations / "test_all.yml").write_text(STORIES)
        self.project.held_out.mkdir()
        rows = [
            f"  - {{text: {json.dumps(each.text, ensure_ascii=False)}, label: {each.label}}}\n"
            for label in SMALL_LABELS
            for each in held_out_of(label)
        ]
        (self.project.held_out / "some.yml").write_text("utterances:\n" + "".join(rows))
        self.project.gate.write_text(lenient(self.project.gate.read_text()))
        write_examples(self.project, {})

    def damage(self) -> None:
        """As if somebody had moved all complaints to questions, and back."""
        write_examples(self.project, DAMAGE)


def _some(examples: Sequence[Example]) -> list[Example]:
    """The first ones of each label."""
    kept: dict[str, list[Example]] = {}
    for example in examples:
        mine = kept.setdefault(example.label, [])
        if len(mine) < PER_LABEL:
            mine.append(example)
    return [example for mine in kept.values() for example in mine]


def a_week(scene: Scene, media: str) -> None:
    """What is written in `WEEK`, flags and tickets that speak, and a second trainer."""
    add_user(
        scene.session,
        scene.office.id,
        name="ayu",
        full_name="Ayu Pelatih",
        role=Role.TRAINER,
        password=PASSWORD,
        now=scene.now,
    )
    for number, wrote in enumerate(WEEK):
        said(scene, wrote, f"8130000{number:04d}", ago=timedelta(hours=2 + number))
    _asked_twice(scene)
    _became_a_complaint(scene)
    _misconduct(scene)
    _personal(scene)


def said(scene: Scene, wrote: Wrote, number: str, *, ago: timedelta) -> UUID:
    message = scene.says("Warga", number, wrote.text, ago=ago)
    scene.answers(message, "Baik.", intent=wrote.took, confidence=wrote.confidence, ago=ago)
    return message


def _asked_twice(scene: Scene) -> None:
    wrote = Wrote("apakah bisa urus domisili online", "out_of_scope", 0.34, "")
    for number in range(3):
        said(scene, wrote, f"8140000000{number}", ago=minutes(90 + number))


def _became_a_complaint(scene: Scene) -> None:
    """A person gave up on the bot; the ticket says what it was."""
    number = "81500000001"
    told = scene.says(
        "Pak Warta", number, "air pam keruh terus sudah lapor ga ada yg dateng", ago=minutes(80)
    )
    turn = scene.answers(
        told, "Maaf?", intent="consultation/general", confidence=0.44, ago=minutes(79)
    )
    asked = scene.session.get_one(Turn, (scene.office.id, turn.turn_id))
    asked.created_at = scene.now - minutes(79)  # the scene leases turns an hour late
    scene.asks_for_person(turn, HandOffReason.NOT_UNDERSTOOD, ago=minutes(79))
    yes = scene.says("Pak Warta", number, "ya betul", ago=minutes(78))
    filing = scene.answers(yes, "Dicatat.", intent="affirm", ago=minutes(78))
    draft = TicketDraft(TicketKind.COMPLAINT, Category.WASTE_ENVIRONMENT, [told, yes])
    scene.files(filing, draft, ago=minutes(78))


def _misconduct(scene: Scene) -> None:
    told = scene.says("Warga", "81500000002", "oknum loket minta uang rokok 50rb", ago=minutes(70))
    scene.answers(told, "Baik.", intent="complaint/levy_gratification", ago=minutes(70))


def _personal(scene: Scene) -> None:
    number = "81500000003"
    hello = scene.says("Siti", number, "permisi min", ago=minutes(61))
    scene.answers(hello, "Ada yang bisa dibantu?", intent="greet", ago=minutes(61))
    told = scene.says(
        "Siti",
        number,
        "nama saya Siti Rohayati nik 3212134101900001 hp 081298765432 ktp hilang di krasak",
        ago=minutes(60),
    )
    scene.answers(told, "Baik.", intent="consultation/general", confidence=0.5, ago=minutes(60))
