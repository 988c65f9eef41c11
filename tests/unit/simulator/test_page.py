"""The page's interface: residents, clock, guards; and what the process refuses."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from wadul.clock import clock_for
from wadul.settings import Settings
from wadul.simulator.app import main
from wadul.simulator.choices import numbered
from wadul.simulator.page import normal_number

from .conftest import ACCOUNT, CASMINI, OFFICE, TOKEN, Running, running, settings_for


@pytest.mark.parametrize(("raw", "number"), [
    ("0812-3456 7890", "+6281234567890"), ("+62 812 3456 7890", "+6281234567890"),
    ("6281234567890", "+6281234567890"), ("", ""), ("abc", ""), ("123", ""), ("0" * 30, ""),
])  # fmt: skip
def test_numbers_as_people_write_them(raw: str, number: str) -> None:
    assert normal_number(raw) == number


@pytest.mark.parametrize(("text", "values"), [
    ("Pilih:\n1. Satu\n2. Dua", ["1", "2"]),
    ("Desa mana?\n1) Krasak\n2) Bulak\n3) Pilangsari", ["1", "2", "3"]),
    ("Pilih ya\n*1.* Satu\n*2.* Dua", ["1", "2"]),
    ("Balas angkanya\n1️⃣ Satu\n2️⃣ Dua", ["1", "2"]),
    ("Syarat:\n1. KTP\n2. KK\n\nMau apa lagi?\n1. Biaya\n2. Lama\n3. Tempat", ["1", "2", "3"]),
    ("Syarat:\n1. KTP\n2. KK", []),
    ("Pilih:\n1. Satu", []),
    ("Pilih:\n1. Satu\n3. Tiga", []),
    ("Tidak ada pilihan di sini, ketik saja.", []),
])  # fmt: skip
def test_numbered_choices(text: str, values: list[str]) -> None:
    assert [c.value for c in numbered(text)] == values


def test_a_resident_is_added_and_writes(sim: Running) -> None:
    made = sim.act("residents", name="Kang Toni", number="0813 9999 0001")
    assert made.status_code == 201
    address = made.json()["address"]
    assert address == "whatsapp:+6281399990001"
    assert sim.act("residents", name="Lagi", number="081399990001").status_code == 422
    sim.act("text", address=address, text="halo")
    assert sim.gateway.messages[-1]["ProfileName"] == "Kang Toni"


def test_a_hidden_resident_needs_no_number(sim: Running) -> None:
    made = sim.act("residents", name="Tanpa Nomor", hidden=True).json()
    assert made["address"].startswith("whatsapp:ID.")
    assert sim.act("residents", name="Salah", number="12").json()["detail"].startswith("Nomor HP")


def test_the_clock_moves_for_everybody_who_reads_the_file(sim: Running) -> None:
    clock = clock_for(sim.settings)
    before = clock.now()
    sim.act("clock", move=90_000)
    sim.act("clock", move=3_600)
    assert 93_500 < (clock.now() - before).total_seconds() < 93_700
    assert sim.state()["clock"]["offset"] == 93_600
    sim.act("clock", reset=True)
    assert (clock.now() - before).total_seconds() < 60


@pytest.mark.parametrize(("act", "body"), [
    ("text", {"address": "0812"}),
    ("text", {"address": CASMINI, "office": "whatsapp:+15550001111"}),
    ("location", {"address": CASMINI, "place": {"lat": "utara", "lon": 1}}),
    ("location", {"address": CASMINI}),
    ("location", {"address": CASMINI, "place": {"lat": 91, "lon": 1}}),
    ("clock", {}),
    ("faults", {"send": "meteor"}),
])  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(
    sim: Running, act: str, body: dict[str, object]
) -> None:
    answer = sim.act(act, **body)
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert sim.gateway.received == []


def test_another_sites_page_cannot_act(sim: Running) -> None:
    answer = sim.http.post("/sim/text", json={"address": CASMINI, "text": "x"})
    assert answer.status_code == 403
    assert sim.http.get("/sim/state", headers={"Host": "evil.example"}).status_code == 400
    assert sim.gateway.received == []


def test_an_uploaded_page_is_only_ever_downloaded(sim: Running) -> None:
    sent = sim.http.post(
        "/sim/upload",
        params={"address": CASMINI, "name": 'a".html'},
        content=b"<script>alert(1)</script>",
        headers={"X-Simulator": "1", "Content-Type": "text/html"},
    ).json()
    shown = sim.http.get(f"/sim/media/{sent['media'][0]['sid']}")
    assert shown.headers["content-disposition"].startswith("attachment")
    assert shown.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in shown.headers["content-security-policy"]


def test_the_page_and_its_parts_are_served(sim: Running) -> None:
    page = sim.http.get("/")
    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["content-security-policy"]
    for name in ("app.js", "base.css", "icons.svg", "mark.svg"):
        assert sim.http.get(f"/static/{name}").status_code == 200
    assert "http" not in page.text.replace("http-equiv", "")
    assert sim.http.get("/healthz").json() == {"status": "ok"}
    assert sim.state()["offices"] == [{"address": OFFICE, "name": "Kantor Kecamatan"}]


def test_it_does_not_start_where_real_credentials_are_in_use(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        var_dir=tmp_path,
        simulator="auto",
        twilio_account_sid="AC1",
        twilio_auth_token=SecretStr("real"),
    )
    with pytest.raises(SystemExit):
        main(settings)


def test_it_stops_at_once_although_somebody_is_kept_waiting(tmp_path: Path) -> None:
    with running(settings_for(tmp_path)) as sim:
        sim.act("text", address=CASMINI, text="halo")
        sim.act("faults", send="lost", remaining=1)
        with pytest.raises(httpx.ReadTimeout):
            sim.http.post(
                f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
                data={"From": OFFICE, "To": CASMINI, "Body": "x"},
                auth=(ACCOUNT, TOKEN),
                timeout=0.2,
            )
        waiting = sim.http.stream("GET", "/sim/events")
        waiting.__enter__()
        started = time.monotonic()
    assert time.monotonic() - started < 2
