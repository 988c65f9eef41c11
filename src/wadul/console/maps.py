"""A pin as a small drawing: the office, the desa whose place is known, rings and a scale.

Drawn from coordinates alone, so that no map service learns where residents are.
"""

from __future__ import annotations

import math
from typing import Any

from wadul.office import Office

_WIDTH, _HEIGHT, _MARGIN = 260, 160, 26
_DIRECTIONS = (
    "utara", "timur laut", "timur", "tenggara", "selatan", "barat daya", "barat", "barat laut",
)  # fmt: skip
_SCALES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)  # km
_SHOWN_KM = 40.0  # farther than that a drawing says nothing


def pin(latitude: float, longitude: float, place: str, office: Office) -> dict[str, Any]:
    """What the page draws; `map` is None where the office's own place is not known."""
    shown: dict[str, Any] = {
        "lat": latitude,
        "lon": longitude,
        "place": place,
        "words": "Titik lokasi",
        "map": None,
    }
    if office.place is None:
        return shown
    east, north = _offset(latitude, longitude, office.place.lat, office.place.lon)
    distance = math.hypot(east, north)
    shown["words"] = _words(east, north, distance)
    if distance <= _SHOWN_KM:
        shown["map"] = _drawing(east, north, office)
    return shown


def _words(east: float, north: float, distance: float) -> str:
    if distance < 0.1:
        return "Di sekitar kantor kecamatan"
    direction = _DIRECTIONS[round(math.degrees(math.atan2(east, north)) / 45) % 8]
    amount = f"{distance * 1000:.0f} m" if distance < 1 else f"{distance:.1f} km".replace(".", ",")
    return f"{amount} di {direction} kantor kecamatan"


def _drawing(east: float, north: float, office: Office) -> dict[str, Any]:
    """The office and the pin both in sight."""
    wide, high = _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN
    per_km = min(wide / max(abs(east), 0.4), high / max(abs(north), 0.4)) * 0.9
    centre_x, centre_y = east / 2, north / 2

    def at(x: float, y: float) -> list[float]:
        return [
            round(_WIDTH / 2 + (x - centre_x) * per_km, 1),
            round(_HEIGHT / 2 - (y - centre_y) * per_km, 1),
        ]

    scale = next((km for km in _SCALES if km * per_km >= 34), _SCALES[-1])
    words = f"{scale * 1000:.0f} m" if scale < 1 else f"{scale:.0f} km"
    villages = []
    if office.place is not None:
        for village in office.villages:
            if village.place is None:
                continue
            x, y = _offset(village.place.lat, village.place.lon, office.place.lat, office.place.lon)
            villages.append([*at(x, y), village.name])
    return {
        "box": f"0 0 {_WIDTH} {_HEIGHT}",
        "home": at(0, 0),
        "at": at(east, north),
        "rings": [round(scale * per_km * n, 1) for n in (1, 2, 3, 4)],
        "scale": [round(scale * per_km, 1), words],
        "villages": villages,
    }


def _offset(
    latitude: float, longitude: float, home_latitude: float, home_longitude: float
) -> tuple[float, float]:
    """Kilometres to the east and to the north."""
    north = (latitude - home_latitude) * 110.57
    east = (longitude - home_longitude) * 111.32 * math.cos(math.radians(home_latitude))
    return east, north
