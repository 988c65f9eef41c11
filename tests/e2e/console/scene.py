"""An office's day, made through the same use cases as in real life: for browser tests."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from wadul.channels.incoming import IncomingFile, IncomingMessage
from wadul.core.states import (
    Category,
    DeliveryState,
    HandOffReason,
    MessageKind,
    Role,
    TicketKind,
)
from wadul.media import MediaStore
from wadul.models import Attachment, Contact, Conversation, InboundMessage, OutboundMessage
from wadul.office import Office
from wadul.settings import Settings
from wadul.usecases.attachments import Fetch, StoredFile, record_stored
from wadul.usecases.hand_offs import request_hand_off, unknown_matter
from wadul.usecases.inbox import store_incoming
from wadul.usecases.tickets import TicketDraft, TicketView, file_ticket
from wadul.usecases.turns import Answer, OpenTurn, Reply, finish_turns, lease_turns
from wadul.usecases.users import add_user, set_duty

PASSWORD = "rahasia-sekali"
PEOPLE = (
    ("sari", "Sari Wulandari", Role.OPERATOR),
    ("dedi", "Dedi Kurnia", Role.OPERATOR),
    ("bu.ningsih", "Ningsih Rahayu", Role.SUPERVISOR),
    ("rina", "Rina Inspektorat", Role.INSPECTOR),
    ("admin", "Admin Kantor", Role.ADMIN),
    ("pelatih", "Yoga Pelatih", Role.TRAINER),
)


class Scene:
    """Writes with one session; times lie before `now`."""

    def __init__(self, session: Session, office: Office, now: datetime) -> None:
        self.session = session
        self.office = office
        self.now = now
        self.settings = Settings(_env_file=None, flood_messages=1000)

    def people(self) -> None:
        for name, full_name, role in PEOPLE:
            user = add_user(
                self.session,
                self.office.id,
                name=name,
                full_name=full_name,
                role=role,
                password=PASSWORD,
                now=self.now,
            )
            self.session.flush()
            set_duty(self.session, self.office.id, user.id, name in ("sari", "dedi"))

    def says(
        self,
        who: str,
        number: str,
        text: str = "",
        *,
        ago: timedelta = timedelta(),
        kind: MessageKind = MessageKind.TEXT,
        files: Sequence[IncomingFile] = (),
        at: tuple[float, float] | None = None,
    ) -> UUID:
        """One message of a resident; returns its id."""
        incoming = IncomingMessage(
            channel="whatsapp",
            external_id=f"SM{uuid4().hex}",
            address=f"whatsapp:+62{number}",
            office_address=self.office.whatsapp[0],
            kind=kind,
            text=text,
            profile_name=who,
            files=tuple(files),
            latitude=at[0] if at else None,
            longitude=at[1] if at else None,
        )
        stored = store_incoming(
            self.session,
            self.office.id,
            incoming,
            now=self.now - ago,
            settings=self.settings,
        )
        assert stored.message_id is not None
        self.session.flush()
        return stored.message_id

    def answers(
        self,
        message_id: UUID,
        *texts: str,
        intent: str,
        confidence: float = 0.93,
        ago: timedelta = timedelta(),
        state: DeliveryState = DeliveryState.READ,
    ) -> OpenTurn:
        """The bot's answer to everything that waits; returns the turn."""
        at = self.now - ago
        batch = lease_turns(
            self.session, worker="w", now=at + timedelta(hours=1), lease_seconds=60, limit=50
        )
        turn = next(turn for turn in batch.turns if message_id in turn.message_ids)
        answer = Answer(tuple(Reply(text) for text in texts), intent, confidence)
        finish_turns(self.session, [(turn, answer)], worker="w", now=at, notices={})
        self.session.flush()
        for row in self.session.scalars(
            select(OutboundMessage).where(OutboundMessage.turn_id == turn.turn_id)
        ):
            row.state = state
            row.sent_at = at
            row.external_id = f"SM{uuid4().hex}"
        return turn

    def files(self, turn: OpenTurn, draft: TicketDraft, *, ago: timedelta) -> TicketView:
        return file_ticket(
            self.session,
            self.office,
            conversation_id=turn.conversation_id,
            turn_id=turn.turn_id,
            draft=draft,
            now=self.now - ago,
        )

    def asks_for_person(self, turn: OpenTurn, reason: HandOffReason, *, ago: timedelta) -> None:
        request_hand_off(
            self.session,
            self.office,
            conversation_id=turn.conversation_id,
            turn_id=turn.turn_id,
            reason=reason,
            draft=unknown_matter(turn.message_ids),
            now=self.now - ago,
        )
        self.session.flush()

    def store(self, message_id: UUID, content: bytes, content_type: str, media: str) -> None:
        """What the worker does when it has fetched a file."""
        digest = sha256(content).hexdigest()
        with TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            path.write_bytes(content)
            MediaStore(media).save(path, digest)
        row = self.session.scalars(
            select(Attachment).where(Attachment.message_id == message_id)
        ).one()
        fetch = Fetch(row.office_id, row.id, row.url, row.declared_type, 1)
        record_stored(self.session, fetch, StoredFile(digest, len(content), content_type))

    def conversation(self, number: str) -> Conversation:
        return self.session.scalars(
            select(Conversation)
            .join(
                Contact,
                (Contact.office_id == Conversation.office_id)
                & (Contact.id == Conversation.contact_id),
            )
            .where(Contact.address == f"whatsapp:+62{number}")
        ).one()

    def later(self, message_id: UUID, ago: timedelta) -> None:
        self.session.get_one(InboundMessage, (self.office.id, message_id)).received_at = (
            self.now - ago
        )


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


PHOTO = IncomingFile("http://127.0.0.1/photo", "image/jpeg", MessageKind.IMAGE)
VOICE = IncomingFile("http://127.0.0.1/voice", "audio/ogg", MessageKind.AUDIO)


def an_ordinary_day(scene: Scene, media: str) -> None:
    """Eight residents: an ordinary question, a queue of three, photos, a pin, secrets."""
    _question(scene)
    _road_with_photo(scene, media)
    _waits_in_queue(scene)
    _angry(scene)
    _yesterday(scene)
    _misconduct(scene)
    _anonymous(scene)
    _html(scene)


def _question(scene: Scene) -> None:
    m = scene.says(
        "Ibu Casmini", "81200000001", "pak syarat bikin kk baru apa aja ya", ago=minutes(42)
    )
    scene.answers(
        m,
        "*Syarat Kartu Keluarga (KK)*\n1. KK lama\n2. Fotokopi buku nikah\n3. Formulir F-1.02 "
        "(tersedia di loket)\n\nData ini belum dikonfirmasi kantor; mohon pastikan ke petugas.",
        intent="consultation/requirements",
        ago=minutes(42),
    )
    m = scene.says("Ibu Casmini", "81200000001", "biayanya?", ago=minutes(40))
    scene.answers(m, "Gratis, tidak dipungut biaya.", intent="consultation/cost", ago=minutes(40))


def _road_with_photo(scene: Scene, media: str) -> None:
    number = "81200000002"
    first = scene.says(
        "Pak Warsidi",
        number,
        "jalan blok kaum bolong2 pak, kemarin ada yg jatoh. desa bulak rt 3 rw 1",
        ago=minutes(95),
    )
    photo = scene.says(
        "Pak Warsidi", number, "ini fotonya", ago=minutes(94), kind=MessageKind.IMAGE, files=[PHOTO]
    )
    pin = scene.says(
        "Pak Warsidi", number, ago=minutes(94), kind=MessageKind.LOCATION, at=(-6.4602, 108.3195)
    )
    scene.store(photo, picture("Jalan berlubang"), "image/jpeg", media)
    scene.answers(
        first,
        "Laporan: jalan rusak di Desa Bulak RT 3 RW 1, dengan foto dan lokasi. Apakah sudah benar?",
        intent="complaint/roads_irrigation_drainage",
        ago=minutes(93),
    )
    yes = scene.says("Pak Warsidi", number, "ya", ago=minutes(92))
    turn = scene.answers(
        yes, "Laporan Bapak/Ibu sudah kami terima.", intent="affirm", ago=minutes(92)
    )
    scene.files(
        turn,
        TicketDraft(
            TicketKind.COMPLAINT,
            Category.ROADS_IRRIGATION_DRAINAGE,
            [first, photo, pin],
            desa="Bulak",
            place="Blok Kaum RT 3 RW 1",
        ),
        ago=minutes(92),
    )


def _waits_in_queue(scene: Scene) -> None:
    number = "81200000003"
    m = scene.says(
        "Nok Ratih", number, "min saya mau ngomong langsung sama petugas aja", ago=minutes(7)
    )
    turn = scene.answers(
        m,
        "Baik, Bapak/Ibu berada di urutan 1 antrean petugas.",
        intent="human_request",
        confidence=0.97,
        ago=minutes(7),
        state=DeliveryState.DELIVERED,
    )
    scene.asks_for_person(turn, HandOffReason.ASKED, ago=minutes(7))
    m = scene.says(
        "Nok Ratih", number, "soal KIS ibu saya yg mati, padahal tiap bulan kontrol", ago=minutes(6)
    )
    scene.answers(
        m,
        "Pesan Bapak/Ibu sudah dicatat untuk petugas.",
        intent="complaint/social_aid_bpjs",
        confidence=0.64,
        ago=minutes(6),
        state=DeliveryState.DELIVERED,
    )


def _angry(scene: Scene) -> None:
    number = "81200000004"
    m = scene.says(
        "Kang Tarmidi",
        number,
        "dari kemarin jawabannya muter2 terus, ktp saya 3 bulan ga jadi jadi!!!",
        ago=minutes(3),
    )
    turn = scene.answers(
        m,
        "Mohon maaf atas ketidaknyamanannya. Bapak/Ibu kami hubungkan dengan petugas.",
        intent="complaint/civil_registration",
        confidence=0.71,
        ago=minutes(3),
        state=DeliveryState.SENT,
    )
    scene.asks_for_person(turn, HandOffReason.ANGER, ago=minutes(3))


def _yesterday(scene: Scene) -> None:
    m = scene.says(
        "Bu Eti", "81200000005", "kalo mau urus surat pindah gimana?", ago=timedelta(hours=30)
    )
    scene.later(m, timedelta(hours=30))
    scene.answers(
        m,
        "Untuk pindah ke luar kecamatan, Bapak/Ibu memerlukan KK dan KTP asli.",
        intent="consultation/procedure",
        ago=timedelta(hours=30),
    )


def _misconduct(scene: Scene) -> None:
    number = "81200000006"
    story = scene.says(
        "Warga",
        number,
        "saya dimintai 200rb sama oknum petugas loket buat urus kk",
        ago=minutes(130),
    )
    scene.answers(
        story,
        "Terima kasih. Laporan ini kami jaga kerahasiaannya. Kapan kejadiannya?",
        intent="complaint/levy_gratification",
        ago=minutes(129),
    )
    day = scene.says("Warga", number, "senin kemarin pagi", ago=minutes(128))
    turn = scene.answers(day, "Laporan sudah kami terima.", intent="inform", ago=minutes(127))
    scene.files(
        turn,
        TicketDraft(
            TicketKind.COMPLAINT,
            Category.LEVY_GRATIFICATION,
            [story, day],
            reported_party="oknum petugas loket",
            confidential=True,
        ),
        ago=minutes(127),
    )


def _anonymous(scene: Scene) -> None:
    number = "81200000007"
    m = scene.says(
        "Asep Sembunyi",
        number,
        "tetangga bakar sampah tiap malam di desa krasak, jgn bilang2 saya ya",
        ago=minutes(61),
    )
    turn = scene.answers(
        m,
        "Laporan anonim sudah kami terima.",
        intent="complaint/waste_environment",
        ago=minutes(60),
    )
    scene.files(
        turn,
        TicketDraft(
            TicketKind.COMPLAINT,
            Category.WASTE_ENVIRONMENT,
            [m],
            desa="Krasak",
            anonymous=True,
        ),
        ago=minutes(60),
    )


def _html(scene: Scene) -> None:
    m = scene.says(
        "<b>Jahil</b>",
        "81200000008",
        '<img src=x onerror="document.title=\'bocor\'"><script>alert(1)</script> =HYPERLINK("http://x")',
        ago=minutes(15),
    )
    scene.answers(
        m,
        "Mohon maaf, pesan ini belum dapat saya pahami.",
        intent="out_of_scope",
        confidence=0.41,
        ago=minutes(15),
        state=DeliveryState.FAILED,
    )


def picture(text: str, *, shift: int = 0) -> bytes:
    """A JPEG with something on it."""
    image = Image.new("RGB", (480, 360), (150 + shift, 160, 150))
    draw = ImageDraw.Draw(image)
    draw.polygon([(90, 360), (210, 120), (270, 120), (390, 360)], fill=(90, 92, 96))
    draw.ellipse((200 + shift, 220, 300 + shift, 270), fill=(54, 46, 40))
    draw.ellipse((170, 290, 230, 320), fill=(60, 50, 44))
    draw.text((20, 20), text, fill=(20, 40, 30))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def sound() -> bytes:
    """Half a second of silence as WAV."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 8000, 4000, "NONE", ""))
        file.writeframes(struct.pack("<4000h", *([0] * 4000)))
    return out.getvalue()
