"""Words for days, weeks, months and what is past or to come, as patterns for folded text."""

from __future__ import annotations

from components.number_words import any_of

UNITS = {
    "hari": "day", "hr": "day", "dina": "day", "dinten": "day", "poe": "day",
    "minggu": "week", "mnggu": "week", "mggu": "week", "mgg": "week", "pekan": "week",
    "bulan": "month", "bln": "month", "sasi": "month", "wulan": "month",
    "tahun": "year", "taun": "year", "thn": "year", "warsa": "year",
}  # fmt: skip
WEEKDAYS = {
    "senin": 0, "senen": 0, "selasa": 1, "slasa": 1, "salasa": 1, "rabu": 2, "rebo": 2, "kamis": 3,
    "kemis": 3, "jumat": 4, "jum'at": 4, "juma'at": 4, "jumaat": 4, "jemuah": 4, "jumuah": 4,
    "jumaah": 4, "sabtu": 5, "setu": 5, "saptu": 5, "septu": 5, "ahad": 6, "ngahad": 6,
}  # fmt: skip
SUNDAYS = "minggu|akad"
"""A week and a wedding, unless a word beside says that it is a day."""

MONTHS = {
    "januari": 1, "jan": 1, "februari": 2, "pebruari": 2, "feb": 2, "peb": 2, "maret": 3, "mar": 3,
    "april": 4, "apr": 4, "mei": 5, "juni": 6, "jun": 6, "juli": 7, "jul": 7, "agustus": 8,
    "agust": 8, "agu": 8, "ags": 8, "september": 9, "sept": 9, "sep": 9, "oktober": 10, "okt": 10,
    "november": 11, "nopember": 11, "nov": 11, "nop": 11, "desember": 12, "des": 12,
}  # fmt: skip

UNIT, WEEKDAY, MONTH_NAME = any_of(UNITS), any_of(WEEKDAYS), any_of(MONTHS)
WEEK = any_of([word for word, unit in UNITS.items() if unit == "week"])
MONTH = any_of([word for word, unit in UNITS.items() if unit == "month"])
YEAR = any_of([word for word, unit in UNITS.items() if unit == "year"])
DAY = any_of([word for word, unit in UNITS.items() if unit == "day"])
NIGHT = "malam|malem|mlm|bengi|peuting|dalu"
PART = rf"(?:pagi|pg|esuk|isuk|isukan|enjing|subuh|siang|awan|beurang|sore|sonten|{NIGHT})"
THIS = "ini|ieu|iki|kien|kiyen|niki|puniki"
DATE = r"(?:tgl|tanggal|tggl|tanggale)\.?\s*"

YESTERDAY = "ke?ma?r[ei]?n|wingi|kamari|kalawingi|kolawingi"
TOMORROW = "besok|bsk|bsok|esok|ngesuk|sesuk|isukan|enjingan|benjing"
IN_FRONT = "depan|dpn|ngarep|hareup"
PAST = (
    rf"{YESTERDAY}|lalu|lewat|kelewat|kalewat|kepungkur|kapungkur|kepengker|kapengker"
    r"|ka\s?tukang|kalarung"
)
NEXT = rf"{TOMORROW}|{IN_FRONT}|mendatang|(?:akan|bakal)\s+datang"
WHICH = r"(?:(?:yg|yang|sing|nu|kang|ingkang)\s*)?"
BEFORE = rf"(?:(?:(?P<before_past>{YESTERDAY})|(?P<before_next>{TOMORROW}))\s+)?"
AFTER = rf"\s*{WHICH}(?:(?P<past>{PAST})|(?P<next>{NEXT}))\b"
BESIDE = rf"(?=\s*{WHICH}(?:{PAST}|{NEXT}|{THIS})\b)"

_ABOUT_TO_SAY = (
    "tanya|nanya|nanye|tny|takon|tangled|naros|lapor|nglapor|ngelapor|melapor|ngadu|mengadu|ngomong|nyampe|menyampai"
    "|matur|komplain|komplen|konsul|curhat|info"
)
FUTURE = (
    rf"\b(?:nanti|akan|rek|buka|rencana|(?:{UNIT})\s*(?:{IN_FRONT})"
    # "mau lapor, hari senin …" is about last Monday, and "mau esuk" is this morning.
    rf"|(?:mau|mo|arep|badhe|bade)\b(?!\s*(?:{_ABOUT_TO_SAY}|(?:esuk|bengi|awan|sore|subuh)\b)))\b"
)
VAGUE = (
    rf"(?:{YESTERDAY}|{TOMORROW})(?:2|\s?-?\s?(?:{YESTERDAY}|{TOMORROW}))"  # "kemarin-kemarin"
    # near enough for people, but no day
    r"|(?:be?be?rapa|bbrp|brp|berapa|pirang|sawatara|sababaraha|sabaraha|puluhan|belasan|setengah|stgh|satengah)"
    rf"\s*(?:{UNIT})(?:an)?(?:\s*{WHICH}(?:{PAST}|{NEXT}))?"
    rf"|(?:tiap|setiap|saben|unggal)\s*(?:(?:{DAY}|{NIGHT})\s*)?(?:{WEEKDAY}|minggu|(?:awal|akhir)\s*(?:{MONTH})|{DATE}\d{{1,2}})"
    # "lebaran kemarin", "agustus lalu", "bulan 8 kemarin", "tahun 2024 kemarin"
    r"|(?:lebaran|puasa|ramadh?an|haji|idul\s*\w+|natal|semester|semesteran|panen|musim|musim\s*\w+|pemilu|pilkada|pilwu"
    rf"|agustusan|(?<!\d\s)(?<!\d)(?:(?:{MONTH})\s*)?(?:{MONTH_NAME})|(?:{MONTH})\s*\d{{1,2}}|(?:(?:{YEAR}|th)\s*)?20\d\d)"
    rf"\s*{WHICH}(?:{PAST})"
)
