"""Reads the service off a move: from where to where decides which of the three it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.findings import Finding
    from components.words import Word

WITHIN, OUT, IN = "moving_within", "moving_out", "moving_in"

_MOVE = {
    "pindah", "pindahan", "pndh", "pndah", "pndhan", "pndahan", "kepindahan", "pinda", "ngalih",
    "mutasi", "boyongan", "perpindahan",
}  # fmt: skip
# What moves there is no resident: "loketnya pindah ke krasak".
_THINGS = set(
    "loket kantor layanan pelayanan ruang ruangan meja gedung pasar sekolah puskesmas posyandu bank atm tps sampah "
    "antrian antrean jadwal acara posko petugas pegawai camat sekcam kuwu air banjir lapak pedagang jembatan".split()
)
_BEFORE_TOWN = {"kota", "kab", "kabupaten", "provinsi", "prov", "luar", "daerah", "wilayah"}
_TO = {"ke", "k", "ka", "maring", "teng", "nang", "menyang", "di", "ning"}
_FROM = {"dari", "dr", "ti", "sing", "saking", "asal", "d"}

# Places that are surely outside the regency: the larger cities and the provinces people move to.
_FAR = set(
    "jakarta bandung bekasi bogor depok tangerang cirebon kuningan majalengka sumedang subang karawang "
    "purwakarta garut tasik tasikmalaya ciamis banjar sukabumi cianjur cikarang cimahi semarang solo "
    "surakarta jogja yogyakarta surabaya malang tegal brebes pekalongan bali denpasar lampung palembang "
    "medan batam pekanbaru padang jambi bengkulu pontianak banjarmasin samarinda balikpapan makassar "
    "manado papua kalimantan sumatra sumatera sulawesi banten serang jateng jatim jabar aceh riau "
    "malaysia taiwan korea arab jawa".split()
)


def move_finder(
    places: Callable[[str], list[Finding]],
) -> Callable[[list[Word]], tuple[str, int, int] | None]:
    """Return a function from words to (service code, first word, last word) or None.

    `places` finds villages and outside places in a text.
    """

    def find(words: list[Word]) -> tuple[str, int, int] | None:
        verb = next((at for at in range(len(words)) if _is_move(words, at)), None)
        if verb is None:
            return None
        origin = _side(words, _FROM, places)
        target = _side(words, _TO, places)
        if target == "far":
            return OUT, verb, verb
        if origin == "far":
            return IN, verb, verb
        return (WITHIN, verb, verb) if "near" in (origin, target) else None

    return find


def _is_move(words: list[Word], at: int) -> bool:
    before = words[at - 1].text if at else ""
    return words[at].text in _MOVE and before.removesuffix("nya").removesuffix("e") not in _THINGS


def _side(
    words: list[Word], prepositions: set[str], places: Callable[[str], list[Finding]]
) -> str | None:
    """Tell whether the place after one of `prepositions` is "near", "far" or not there."""
    for at, word in enumerate(words[:-1]):
        if word.text in prepositions:
            after = [w.text for w in words[at + 1 : at + 3]]
            if after[0] in _FAR or (after[0] in _BEFORE_TOWN and _FAR.intersection(after[1:])):
                return "far"
            found = places(" ".join(w.text for w in words[at + 1 : at + 4]))
            if found and found[0].start == 0:
                return "near"
    return None
