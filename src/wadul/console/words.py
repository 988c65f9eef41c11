"""What operators read for every code: one table for each kind of code."""

from __future__ import annotations

from wadul.core.states import (
    AttachmentState,
    DeliveryState,
    HandledBy,
    HandOffReason,
    MessageKind,
    Role,
    TicketClass,
    TicketEventType,
    TicketKind,
    TicketStatus,
)
from wadul.office import CATEGORIES

ROLES = {
    Role.OPERATOR: "Operator",
    Role.SUPERVISOR: "Penyelia",
    Role.TRAINER: "Pelatih bot",
    Role.INSPECTOR: "Inspektur",
    Role.ADMIN: "Admin",
}
HANDLED_BY = {
    HandledBy.BOT: "Dijawab bot",
    HandledBy.QUEUE: "Menunggu petugas",
    HandledBy.OPERATOR: "Dibantu petugas",
}
REASONS = {
    HandOffReason.ASKED: "Warga minta berbicara dengan petugas",
    HandOffReason.NOT_UNDERSTOOD: "Bot dua kali tidak memahami pesan",
    HandOffReason.ANGER: "Warga terdengar kecewa atau marah",
    HandOffReason.OPERATOR: "Diambil alih atas keputusan petugas",
}
KINDS = {
    MessageKind.TEXT: "Pesan",
    MessageKind.IMAGE: "Foto",
    MessageKind.AUDIO: "Pesan suara",
    MessageKind.VIDEO: "Video",
    MessageKind.DOCUMENT: "Dokumen",
    MessageKind.STICKER: "Stiker",
    MessageKind.CONTACT_CARD: "Kartu kontak",
    MessageKind.LOCATION: "Lokasi",
    MessageKind.BUTTON: "Pilihan",
    MessageKind.UNKNOWN: "Jenis pesan yang belum dikenal",
}
DELIVERY = {
    DeliveryState.QUEUED: "Dalam antrean kirim",
    DeliveryState.HELD: "Ditahan sampai warga menulis lagi",
    DeliveryState.SENDING: "Sedang dikirim",
    DeliveryState.ACCEPTED: "Diterima WhatsApp",
    DeliveryState.SENT: "Terkirim",
    DeliveryState.DELIVERED: "Sampai di ponsel warga",
    DeliveryState.READ: "Sudah dibaca",
    DeliveryState.ERRORED: "Belum terkirim, akan dicoba lagi",
    DeliveryState.FAILED: "Gagal terkirim",
    DeliveryState.CANCELLED: "Tidak jadi dikirim karena petugas mengambil alih",
}
FILE_STATES = {
    AttachmentState.TO_FETCH: "Berkas sedang diunduh",
    AttachmentState.ERRORED: "Berkas belum dapat diunduh, akan dicoba lagi",
    AttachmentState.STORED: "",
    AttachmentState.FAILED: "Berkas tidak dapat diunduh",
}
STATUSES = {
    TicketStatus.RECEIVED: "Diterima",
    TicketStatus.VERIFIED: "Diverifikasi",
    TicketStatus.NEEDS_INFO: "Menunggu data warga",
    TicketStatus.FORWARDED: "Diteruskan",
    TicketStatus.IN_PROGRESS: "Diproses",
    TicketStatus.ANSWERED: "Sudah dijawab",
    TicketStatus.CLOSED: "Selesai",
    TicketStatus.REOPENED: "Dibuka kembali",
    TicketStatus.DUPLICATE: "Digabung",
    TicketStatus.OUT_OF_SCOPE: "Bukan kewenangan",
    TicketStatus.REJECTED: "Tidak dapat diproses",
    TicketStatus.WITHDRAWN: "Dicabut warga",
}
CLASSES = {
    TicketClass.INFORMATION: "Permintaan informasi",
    TicketClass.NON_SUPERVISORY: "Pengaduan umum",
    TicketClass.SUPERVISORY: "Pengaduan berkadar pengawasan",
    TicketClass.ASPIRATION: "Aspirasi",
}
TICKET_KINDS = {
    TicketKind.COMPLAINT: "Pengaduan",
    TicketKind.CONSULTATION: "Konsultasi",
    TicketKind.INFORMATION: "Permintaan informasi",
    TicketKind.ASPIRATION: "Aspirasi",
}
TICKET_EVENTS = {
    TicketEventType.FILED: "Laporan masuk",
    TicketEventType.STATUS_CHANGED: "Status berubah",
    TicketEventType.FACT_ADDED: "Keterangan ditambahkan",
    TicketEventType.ATTACHMENT_ADDED: "Lampiran ditambahkan",
    TicketEventType.ASSIGNED: "Petugas ditetapkan",
    TicketEventType.RECLASSIFIED: "Golongan diubah",
    TicketEventType.ANSWERED: "Jawaban dikirim",
    TicketEventType.OPENED_IDENTITY: "Identitas pelapor dibuka",
}
INTENTS = {
    "greet": "Salam",
    "thanks": "Terima kasih",
    "goodbye": "Pamit",
    "consultation": "Bertanya",
    "complaint": "Mengadu",
    "aspiration": "Usul atau aspirasi",
    "emergency": "Keadaan darurat",
    "human_request": "Minta petugas",
    "document_status": "Menanyakan dokumen",
    "ticket_status": "Mengecek laporan",
    "ticket_add": "Menambah keterangan laporan",
    "ticket_reopen": "Minta laporan dibuka lagi",
    "ticket_withdraw": "Mencabut laporan",
    "out_of_area": "Di luar wilayah atau kewenangan",
    "inform": "Memberi keterangan",
    "insult": "Kata kasar",
    "privacy_data": "Minta data pribadi",
    "privacy_erase": "Minta data dihapus",
    "out_of_scope": "Di luar topik",
}
ASPECTS = {
    "requirements": "syarat",
    "cost": "biaya",
    "duration": "lama proses",
    "place": "tempat",
    "procedure": "tata cara",
    "hours": "jam pelayanan",
    "contact": "kontak",
    "general": "umum",
    "fire": "kebakaran",
    "flood": "banjir",
    "crime": "kejahatan",
    "medical": "medis",
    "other": "lainnya",
}

# What the bot found in a resident's words, by entity.
FOUND = {
    "service": "layanan",
    "category": "topik",
    "desa": "desa",
    "out_of_area_place": "tempat di luar wilayah",
    "rt": "RT",
    "rw": "RW",
    "ticket_number": "laporan",
    "money": "uang",
    "date": "tanggal",
    "time": "jam",
}
LANGUAGES = {"javanese": "Jawa (Dermayu/Cirebon)", "sundanese": "Sunda"}

_FILE_ERRORS = {
    "gone": "Berkas sudah tidak ada di WhatsApp.",
    "too_big": "Berkas terlalu besar.",
    "wrong_type": "Jenis berkas tidak diizinkan.",
    "unreachable": "Berkas belum berhasil diunduh.",
}


def file_error(code: str | None) -> str:
    return _FILE_ERRORS.get(code or "", "Berkas tidak dapat diunduh.")


def intent(label: str | None) -> str:
    """For example "Bertanya: biaya" or "Mengadu: Jalan, irigasi dan drainase"."""
    if not label:
        return ""
    name, _, detail = label.partition("/")
    words = INTENTS.get(name, name.replace("_", " "))
    told = ASPECTS.get(detail) if name != "complaint" else CATEGORIES.get(detail)
    return f"{words}: {told}" if told else words
