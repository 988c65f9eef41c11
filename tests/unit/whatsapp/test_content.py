from __future__ import annotations

from wadul.channels.whatsapp.content import native_content
from wadul.core.choices import Choice


def choices(count: int, title: str = "Pilihan {}") -> list[Choice]:
    return [Choice(title.format(n), f'/inform{{"n": {n}}}') for n in range(1, count + 1)]


def test_three_choices_are_buttons() -> None:
    content = native_content("Silakan pilih.", choices(3))
    assert content is not None
    body = content.types["twilio/quick-reply"]
    assert [action["title"] for action in body["actions"]] == [
        "Pilihan 1",
        "Pilihan 2",
        "Pilihan 3",
    ]
    assert body["actions"][0]["id"] == '/inform{"n": 1}'


def test_ten_choices_are_a_list_and_eleven_only_text() -> None:
    content = native_content("Silakan pilih.", choices(10))
    assert content is not None
    assert len(content.types["twilio/list-picker"]["items"]) == 10
    assert native_content("Silakan pilih.", choices(11)) is None


def test_what_people_said_is_a_variable() -> None:
    first = native_content("Laporan Bapak Budi", choices(2))
    second = native_content("Laporan Ibu Siti", choices(2))
    assert first is not None
    assert second is not None
    assert first.fingerprint == second.fingerprint
    assert "Budi" not in str(first.request().to_dict())


def test_long_titles_are_shortened_unless_they_then_look_alike() -> None:
    content = native_content("?", [Choice("Jalan, irigasi dan drainase", "/a"), Choice("Ya", "/b")])
    assert content is not None
    title = content.types["twilio/quick-reply"]["actions"][0]["title"]
    assert len(title) <= 20
    assert title.endswith("…")
    assert native_content("?", choices(2, "Pilihan yang panjang sekali nomor {}")) is None


def test_limits() -> None:
    assert native_content("x" * 1025, choices(2)) is None
    assert native_content("?", [Choice("Ya", "/" + "x" * 200)]) is None
    assert native_content("?", []) is None
