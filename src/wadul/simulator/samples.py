"""Files and places to send without looking for any: our own drawings and small generated files."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Sample:
    key: str
    title: str
    kind: str  # WhatsApp's message type
    content_type: str
    filename: str
    data: bytes


# (key, title, kind, content type, file name); pictures were drawn as SVG by us: see static/*.svg
PICTURES = (
    ("road", "Jalan berlubang", "image", "image/jpeg", "sample-road.jpg"),
    ("rubbish", "Sampah menumpuk", "image", "image/jpeg", "sample-rubbish.jpg"),
    ("flood", "Jalan tergenang", "image", "image/jpeg", "sample-flood.jpg"),
    ("sticker", "Stiker", "sticker", "image/webp", "sample-sticker.webp"),
)
# Rough points in and around Kecamatan Jatibarang; good enough to try a pin.
PLACES = (
    {"lat": -6.4745, "lon": 108.3078, "label": "Balai Desa Jatibarang", "address": "Jatibarang"},
    {"lat": -6.4862, "lon": 108.3231, "label": "", "address": "Krasak, Jatibarang"},
    {"lat": -6.4621, "lon": 108.2989, "label": "Pasar", "address": "Jatibarang Baru"},
    {"lat": -6.3264, "lon": 108.3225, "label": "", "address": ""},  # outside: Indramayu town
)
PHRASES = (
    "Assalamualaikum",
    "syarat ngurus ktp ilang apa aja ya min",
    "biayanya brp?",
    "pak mau lapor, jalan di desa krasak rt 3 rusak parah, kemarin ada yg jatuh",
    "cek laporan saya",
    "kantor kecamatan buka jam brp",
    "tolong ada kebakaran rumah d jatisawit cepat",
    "petugas loket minta uang rokok 200rb biar ktp saya cepet jadi",
    "saya mau bicara langsung sama petugas",
    "batal aja",
    "DATA SAYA",
)


@cache
def samples() -> dict[str, Sample]:
    found = [
        Sample(key, title, kind, content_type, name, (STATIC / name).read_bytes())
        for key, title, kind, content_type, name in PICTURES
    ]
    found += [
        Sample("voice", "Pesan suara", "audio", "audio/ogg", "suara.ogg", voice_note(6)),
        Sample("document", "Surat (PDF)", "document", "application/pdf", "surat.pdf", letter()),
        Sample("contact", "Kartu kontak", "contacts", "text/vcard", "kontak.vcf", contact_card()),
    ]
    return {s.key: s for s in found}


def voice_note(seconds: int) -> bytes:
    """Silence as WhatsApp sends voice: Opus in Ogg (RFC 7845), 20 ms to a packet."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48000, 0, 0)
    vendor = b"wadul simulator"
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", 0)
    pages = [_ogg_page(0, 0, 2, [head]), _ogg_page(1, 0, 0, [tags])]
    packets = seconds * 50
    for number, start in enumerate(range(0, packets, 50)):
        last = start + 50 >= packets
        samples_so_far = min(start + 50, packets) * 960
        silence = [b"\xf8\xff\xfe"] * min(50, packets - start)
        pages.append(_ogg_page(number + 2, samples_so_far, 4 if last else 0, silence))
    return b"".join(pages)


def _ogg_page(number: int, granule: int, flags: int, packets: list[bytes]) -> bytes:
    """One page; every packet is shorter than 255 bytes, so one lacing value each."""
    header = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, 1, number, 0, len(packets))
    page = bytearray(header + bytes(len(p) for p in packets) + b"".join(packets))
    page[22:26] = struct.pack("<I", _ogg_crc(bytes(page)))
    return bytes(page)


def _ogg_crc(data: bytes) -> int:
    """CRC-32 with Ogg's polynomial 0x04C11DB7, unreflected, starting from 0."""
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x104C11DB7 if value & 0x80000000 else 0)
    return value


def letter() -> bytes:
    """A one-page PDF with a line of text, offsets and all."""
    text = b"BT /F1 16 Tf 60 760 Td (Surat pengantar RT 03 RW 02 - contoh) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def contact_card() -> bytes:
    lines = (
        "BEGIN:VCARD",
        "VERSION:3.0",
        "FN:Ketua RT 03 (contoh)",
        "TEL;TYPE=CELL:+62 812-0000-0009",
        "END:VCARD",
    )
    return "\r\n".join((*lines, "")).encode()
