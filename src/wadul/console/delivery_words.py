"""What operators read when a message was not delivered: what is wrong, and what they can do.

Twilio's codes (`channels/whatsapp/errors.py`) and our own, by what there is to do. A sentence
follows "Gagal terkirim" as well as "Belum terkirim, akan dicoba lagi".
"""

from __future__ import annotations

_LATER = "Bila tetap gagal, kirim ulang beberapa menit lagi."
_OTHER_WAY = "Hubungi warga dengan cara lain."
_OTHER_WORDS = "Tulis lagi dengan kata lain."
_ADMIN = "Hubungi admin."

_CODES: dict[str, tuple[str, ...]] = {
    "Sudah lebih dari 24 jam sejak pesan terakhir warga, jadi hanya templat yang dapat dikirim.": (
        "window_closed",
        "63016",
    ),
    # the resident's number
    f"Nomor ini tidak dikenal WhatsApp. {_OTHER_WAY}": ("21211", "30005", "63003"),
    f"Nomor ini tidak dapat menerima pesan WhatsApp. {_OTHER_WAY}": ("21614", "30006", "63024"),
    f"Warga memblokir nomor kantor. {_OTHER_WAY}": ("30004", "63014"),
    f"Warga berhenti menerima pesan dari nomor kantor. {_OTHER_WAY}": ("21610",),
    "Ponsel warga sedang tidak terjangkau. Kirim ulang nanti.": ("30003",),
    "Nomor ini belum bergabung dengan nomor uji coba (sandbox). Minta warga bergabung dulu.": (
        "63015",
    ),
    f"WhatsApp memilih tidak mengantarkan pesan ini. {_OTHER_WAY}": ("63032", "63049"),
    # what the message says or carries
    f"WhatsApp menolak isi pesan karena melanggar aturannya. {_OTHER_WORDS}": ("30007", "63013"),
    f"WhatsApp menolak isi pesan ini. {_OTHER_WORDS}": ("63005", "63021", "63030"),
    "Pesan terlalu panjang. Bagi menjadi beberapa pesan.": ("21617", "21658"),
    "Pesan ini kosong. Tulis isinya, lalu kirim lagi.": ("21619",),
    "Berkas tidak dapat diambil WhatsApp. Kirim ulang; bila tetap gagal, hubungi admin.": (
        "21620",
        "63019",
    ),
    "Berkas ini bentrok dengan berkas lain di WhatsApp. Unggah lagi sebagai pesan baru.": (
        "63025",
    ),
    "Pesan templat ini belum tersedia di WhatsApp. Pilih templat lain, atau hubungi admin.": (
        "21655",
        "63027",
    ),
    "Isian pesan templat tidak lengkap. Isi semua kolomnya, lalu kirim lagi.": ("21656", "63028"),
    "Pesan templat terlalu panjang. Persingkat isiannya, lalu kirim lagi.": ("63029",),
    # too fast, or something on the way is out of order
    f"Terlalu banyak pesan dalam waktu singkat. {_LATER}": (
        "20429",
        "21611",
        "30001",
        "63017",
        "63018",
    ),
    f"Layanan pengirim pesan sedang terganggu. {_LATER}": (
        "20500",
        "20503",
        "63001",
        "63010",
        "63012",
    ),
    f"Layanan pengirim pesan tidak terjangkau; mungkin internet kantor terputus. {_LATER}": (
        "unreachable",
    ),
    f"Layanan pengirim pesan tidak menjawab, jadi belum pasti pesan ini sampai. {_LATER}": (
        "no_answer",
    ),
    f"Sebab tidak diketahui. {_LATER}": ("30008",),
    # the office's account and sender
    f"Kunci Twilio salah. {_ADMIN}": ("20003",),
    f"Akun Twilio kantor tidak aktif atau tidak ditemukan. {_ADMIN}": ("20005", "20404", "30002"),
    f"Nomor pengirim kantor belum terdaftar. {_ADMIN}": (
        "21212",
        "21606",
        "21703",
        "21705",
        "63007",
    ),
    f"Akun WhatsApp kantor belum disetujui Meta. {_ADMIN}": ("63020", "63022"),
}
_SENTENCES = {code: sentence for sentence, codes in _CODES.items() for code in codes}


def delivery_error(code: str | None) -> str:
    if not code:
        return ""
    unknown = f"Pesan ini tidak diterima (kode {code}). Kirim ulang; bila tetap gagal, hubungi "
    return _SENTENCES.get(code) or unknown + "admin dan sebutkan kode itu."
