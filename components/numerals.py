"""Number words in Indonesian, Javanese and Sundanese, as people write them in chat."""

from __future__ import annotations

_WORDS: dict[int, str] = {
    1: "satu siji sak hiji sa se",
    2: "dua loro ro rong dwa kalih",
    3: "tiga telu telung tilu tiga",
    4: "empat papat patang pat opat sekawan",
    5: "lima limang gangsal",
    6: "enam nem enem genep",
    7: "tujuh pitu pitung tujuh",
    8: "delapan wolu wolung dalapan",
    9: "sembilan sanga sangang salapan",
    10: "sepuluh sedasa sapuluh",
    11: "sebelas sewelas sabelas",
    12: "duabelas rolas duawelas",
    15: "limabelas limalas",
    20: "duapuluh rongpuluh",
    25: "selawe",
    50: "limapuluh seket",
    60: "enampuluh sewidak",
}
NUMERALS: dict[str, int] = {word: value for value, ws in _WORDS.items() for word in ws.split()}
_WHOLE = {word: value for word, value in NUMERALS.items() if word not in {"sa", "se", "sak", "ro"}}


def as_number(word: str) -> int | None:
    """Return the value of a digit string or of one number word ("loro", "sembilan")."""
    if word.isascii() and word.isdigit():
        return int(word) if len(word) <= 12 else None
    return _WHOLE.get(word)
