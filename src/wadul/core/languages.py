"""Which language a resident writes in besides Indonesian, by everyday words; for operators."""

from __future__ import annotations

import re

_JAVANESE = frozenset(
    """
    reang isun ingsun kula kulo nyong sira sampeyan panjenengan ora boten mboten durung dereng wis
    uwis sampun laka langka wonten kepriben kepriban priben kepripun pripun piye nendi pundi menyang
    pira pinten sinten arep badhe olih saged iso kudu nemen kien kiyen kuen kuwen niki niku kene
    mrika maring saking ingkang baka menawi saiki sekien wingi esuk bengi dangu maning malih njaluk
    nyuwun gawe nggawe ndamel rampung kesuwun suwun matursuwun nggih inggih tiyang bocah umah griya
    akeh dalan banyu udan dwit takon tanglet wadul karo kaliyan
    """.split()
)
_SUNDANESE = frozenset(
    """
    abdi kuring simkuring anjeun teu henteu hente acan atos geus parantos euweuh kumaha naha dimana
    kamana sabaraha iraha saha naon hoyong palay tiasa kedah pisan wae iyeu ieu eta kitu kieu ayeuna
    kamari enjing wengi lami deui nyuhunkeun ngadamel hatur nuhun muhun jalmi budak bumi seueur cai
    punten sampurasun kanggo sareng
    """.split()
)
_WORD = re.compile(r"[a-z]+")
_FEWEST = 2  # different words, so that one borrowed word is no language


def other_language(text: str) -> str | None:
    """ "javanese" or "sundanese" (Dermayu and Cirebon count as Javanese), or None."""
    words = set(_WORD.findall(text.lower()))
    counts = {"javanese": len(words & _JAVANESE), "sundanese": len(words & _SUNDANESE)}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] >= _FEWEST else None
