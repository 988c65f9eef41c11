"""An office's content, as the rest of Wadul sees it. Made by `load_offices` only, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from wadul.core.deadlines import Limits
from wadul.office import opening
from wadul.office.text import plain

CATEGORIES: Mapping[str, str] = {
    "civil_registration": "Kependudukan",
    "letters_legalisation": "Surat-menyurat dan legalisasi",
    "social_aid_bpjs": "Bantuan sosial dan BPJS",
    "permits_msme": "Perizinan dan usaha",
    "land": "Pertanahan",
    "pbb_tax": "Pajak (PBB)",
    "roads_irrigation_drainage": "Jalan, irigasi dan drainase",
    "waste_environment": "Sampah dan lingkungan",
    "order_security": "Ketertiban dan keamanan",
    "staff_conduct": "Sikap petugas",
    "levy_gratification": "Pungutan liar dan gratifikasi",
    "village_fund_government": "Dana desa dan pemerintahan desa",
    "emergency": "Darurat",
    "other": "Lainnya",
}
"""Category code → what people read."""

EMERGENCY_KINDS = ("fire", "flood", "crime", "medical", "other")

TEMPLATE_USES = ("ticket_received", "needs_info", "status_changed", "answer_available", "survey")


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmable:
    """Content that the office has to confirm before it may be called official."""

    source: str
    confirmed_by: str | None = None
    confirmed_on: date | None = None
    valid_until: date | None = None
    """Last day on which the confirmation counts; None: until further notice."""

    def is_confirmed(self, today: date) -> bool:
        if self.confirmed_by is None or self.confirmed_on is None or self.confirmed_on > today:
            return False
        return self.valid_until is None or today <= self.valid_until


@dataclass(frozen=True, slots=True)
class Place:
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Hours:
    """The same opening hours on some days of the week."""

    days: tuple[str, ...]
    opens: time
    closes: time
    pause: tuple[time, time] | None = None


@dataclass(frozen=True, slots=True)
class SpecialHours:
    """Hours that replace the usual ones from `first` to `last`, both included (Ramadan)."""

    first: date
    last: date
    note: str
    hours: tuple[Hours, ...]


@dataclass(frozen=True, slots=True)
class OfficeHoliday:
    day: date
    name: str


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    kind: str
    """One of EMERGENCY_KINDS; numbers of kind `other` are shown in every emergency."""
    label: str
    number: str
    note: str | None = None
    confirmed_by: str | None = None
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Village:
    code: str
    """Kemendagri code, `32.12.13.2001`."""
    name: str
    spellings: tuple[str, ...]
    ambiguous: bool = False
    """The bare name is also something else (the kecamatan): ask before believing it."""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A kecamatan or kabupaten outside the office's area."""

    name: str
    kind: str
    spellings: tuple[str, ...]
    ambiguous: bool = False
    """The bare name is also an ordinary word: only the spellings count."""


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    contact: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Escalation:
    inspector: Contact
    supervisor: Contact
    outside: tuple[Contact, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Service(Confirmable):
    code: str
    name: str
    short_name: str
    """At most 24 characters, as a WhatsApp list item allows."""
    order: int
    summary: str | None
    category: str
    aliases: tuple[str, ...]
    requirements: tuple[str, ...]
    cost: str
    duration: str
    place: str
    procedure: tuple[str, ...]
    notes: tuple[str, ...]
    hours: str | None
    contact: str | None
    decided_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FaqEntry(Confirmable):
    id: str
    question: str
    aliases: tuple[str, ...]
    answer: str
    """May hold {office} {hours} {address} {phone}."""
    service: str | None = None
    about_system: bool = False
    """Speaks about Wadul itself, so that the office need not confirm it."""


@dataclass(frozen=True, slots=True)
class TemplateVariable:
    name: str
    example: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageTemplate:
    """A message that WhatsApp approved for use outside the 24-hour window."""

    name: str
    used_for: str
    body: str
    variables: tuple[TemplateVariable, ...]
    content_sid: str | None = None
    """None: not approved yet, so that it cannot be sent."""
    language: str = "id"
    buttons: tuple[str, ...] = ()

    def content_variables(self, values: Mapping[str, str]) -> dict[str, str]:
        """Variable names → Twilio's `{"1": …}`, without what WhatsApp refuses (63013).

        Line breaks and runs of spaces become one space, an empty value becomes "-".
        Raises KeyError for a value that is missing.
        """
        return {
            str(number): " ".join(values[variable.name].split()) or "-"
            for number, variable in enumerate(self.variables, 1)
        }

    def render(self, values: Mapping[str, str]) -> str:
        """The text as the resident sees it."""
        text = self.body
        for number, value in self.content_variables(values).items():
            text = text.replace("{{" + number + "}}", value)
        return text


@dataclass(frozen=True, kw_only=True, slots=True)
class Office(Confirmable):
    id: str
    code: str
    """Three letters at the start of every ticket number."""
    name: str
    regency: str
    province: str
    timezone: str
    whatsapp: tuple[str, ...]
    address: str
    place: Place | None
    phone: str | None
    email: str | None
    website: str | None
    hours: tuple[Hours, ...]
    special_hours: tuple[SpecialHours, ...]
    holidays_extra: tuple[OfficeHoliday, ...]
    emergency_numbers: tuple[EmergencyNumber, ...]
    escalation: Escalation
    notice: str
    villages: tuple[Village, ...]
    neighbours: tuple[Neighbour, ...]
    services: tuple[Service, ...]
    faq: tuple[FaqEntry, ...]
    templates: tuple[MessageTemplate, ...]
    limits: Limits = field(default_factory=Limits)
    """Working days until a ticket must be verified and answered."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def extra_holiday_dates(self) -> frozenset[date]:
        return frozenset(holiday.day for holiday in self.holidays_extra)

    def service(self, code: str) -> Service | None:
        return next((service for service in self.services if service.code == code), None)

    def faq_entry(self, entry_id: str) -> FaqEntry | None:
        return next((entry for entry in self.faq if entry.id == entry_id), None)

    def template_for(self, use: str) -> MessageTemplate | None:
        return next((template for template in self.templates if template.used_for == use), None)

    def village(self, code: str) -> Village | None:
        return next((village for village in self.villages if village.code == code), None)

    def village_named(self, name: str) -> Village | None:
        """By name or known spelling, with or without "desa" before it; no guessing."""
        wanted = _bare(name, "desa", "ds", "kelurahan")
        for village in self.villages:
            if wanted in {plain(word) for word in (village.name, *village.spellings)}:
                return village
        return None

    def neighbour_named(self, name: str) -> Neighbour | None:
        """The area outside the office's own that is called so.

        An ambiguous bare name ("patrol", "arahan") is nobody's.
        """
        wanted, bare = plain(name), _bare(name, "kecamatan", "kec")
        for neighbour in self.neighbours:
            words = {plain(word) for word in neighbour.spellings}
            if wanted in words or bare in words:
                return neighbour
            own = plain(neighbour.name)
            if wanted != bare and bare == own and neighbour.kind == "kecamatan":
                return neighbour
            if wanted == own and not neighbour.ambiguous:
                return neighbour
        return None

    def holiday_name(self, day: date) -> str | None:
        """The holiday's name in Indonesian; None on a day that is none."""
        return opening.holiday_name(self, day)

    def hours_on(self, day: date) -> Hours | None:
        """The hours of that day; None when closed."""
        return opening.hours_on(self, day)

    def is_open(self, at: datetime) -> bool:
        """Whether the counter is open at that moment (aware); during the break it is not."""
        return opening.is_open(self, at)

    def break_ends(self, at: datetime) -> datetime | None:
        """When the break ends that is going on; its people are on duty all the same."""
        return opening.break_ends(self, at)

    def next_opening(self, at: datetime) -> datetime | None:
        """`at` itself when open, else the next moment of opening; in the office's time zone.

        None if nothing opens within 60 days.
        """
        return opening.next_opening(self, at)

    def next_closing(self, at: datetime) -> datetime | None:
        """When the session that is running ends (a break counts); None when closed."""
        return opening.next_closing(self, at)


def _bare(name: str, *prefixes: str) -> str:
    words = plain(name).split()
    if len(words) > 1 and words[0] in prefixes:
        words = words[1:]
    return " ".join(words)


def office_for_address(offices: Mapping[str, Office], to_address: str) -> Office | None:
    """The office that owns a channel's To address (`whatsapp:+62…`), in any case and spacing."""
    wanted = _address(to_address)
    return next((o for o in offices.values() if wanted in map(_address, o.whatsapp)), None)


def _address(text: str) -> str:
    return "".join(text.split()).casefold()


def by_order(services: Sequence[Service]) -> tuple[Service, ...]:
    """By topic as in CATEGORIES, within a topic by `order`."""
    topics = list(CATEGORIES)

    def position(service: Service) -> tuple[int, int, str]:
        topic = topics.index(service.category) if service.category in topics else len(topics)
        return topic, service.order, service.code

    return tuple(sorted(services, key=position))
