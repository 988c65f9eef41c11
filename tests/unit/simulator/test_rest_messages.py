"""The official `twilio` client against the stand-in: messages."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException

from .conftest import ACCOUNT, CASMINI, HIDDEN, OFFICE, TOKEN, Running, client_for, wait_for


def write(sim: Running, text: str = "halo", address: str = CASMINI) -> str:
    """The resident writes, which opens the 24 hours; returns the message's sid."""
    answer = sim.act("text", address=address, text=text)
    assert answer.status_code == 201
    return str(answer.json()["sid"])


def test_a_send_is_taken_delivered_and_read(sim: Running) -> None:
    write(sim)
    sent = sim.client.messages.create(from_=OFFICE, to=CASMINI, body="Selamat pagi, Bapak/Ibu.")
    assert (sent.status, sent.direction, sent.account_sid) == ("queued", "outbound-api", ACCOUNT)
    wait_for(lambda: sim.gateway.statuses(sent.sid) == ["sent", "delivered", "read"])
    found = sim.client.messages(sent.sid).fetch()
    assert (found.status, found.body, found.to) == ("read", "Selamat pagi, Bapak/Ibu.", CASMINI)
    assert found.date_sent is not None
    callback = sim.gateway.callback(sent.sid, "read")
    assert callback["EventType"] == "READ"
    assert callback["ChannelPrefix"] == "whatsapp"
    assert "ErrorCode" not in callback


def test_the_answer_marks_what_the_resident_wrote_as_read(sim: Running) -> None:
    sid = write(sim)
    assert sim.message(sid)["status"] == "accepted_by_office"
    sim.client.messages.create(from_=OFFICE, to=CASMINI, body="Baik.")
    wait_for(lambda: sim.message(sid)["status"] == "read")


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"body": "x" * 1601}, 400, 21617),
        ({"from_": "whatsapp:+15550001111", "body": "x"}, 400, 63007),
        ({"to": "+6281200000001", "body": "x"}, 400, 21211),
        ({"to": "whatsapp:0812", "body": "x"}, 400, 21211),
        ({"body": ""}, 400, 21619),
        ({"content_sid": "HX" + "0" * 32}, 400, 21655),
    ],
)
def test_mistakes_get_twilios_codes(
    sim: Running, form: dict[str, str], status: int, code: int
) -> None:
    write(sim)
    with pytest.raises(TwilioRestException) as caught:
        sim.client.messages.create(**({"from_": OFFICE, "to": CASMINI} | form))
    assert (caught.value.status, caught.value.code) == (status, code)


def test_1600_characters_are_taken(sim: Running) -> None:
    write(sim)
    sent = sim.client.messages.create(from_=OFFICE, to=CASMINI, body="é" * 1600)
    assert sent.error_code is None


def test_wrong_credentials_get_401(sim: Running) -> None:
    client = client_for(sim.url, token="guess")
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(from_=OFFICE, to=CASMINI, body="x")
    assert (caught.value.status, caught.value.code) == (401, 20003)
    client.http_client.session.close()


def test_free_text_outside_the_window_is_reported_as_undelivered_with_63016(sim: Running) -> None:
    write(sim)
    sim.act("clock", move=24 * 3600 - 60)
    inside = sim.client.messages.create(from_=OFFICE, to=CASMINI, body="masih bisa")
    wait_for(lambda: "read" in sim.gateway.statuses(inside.sid))
    sim.act("clock", move=120)
    late = sim.client.messages.create(from_=OFFICE, to=CASMINI, body="terlambat")
    wait_for(lambda: sim.gateway.statuses(late.sid) == ["undelivered"])
    assert sim.gateway.callback(late.sid, "undelivered")["ErrorCode"] == "63016"
    assert sim.client.messages(late.sid).fetch().error_code == 63016


def test_somebody_who_never_wrote_is_outside_the_window(sim: Running) -> None:
    sent = sim.client.messages.create(from_=OFFICE, to="whatsapp:+6281299998888", body="halo")
    wait_for(lambda: sim.gateway.statuses(sent.sid) == ["undelivered"])


def test_a_hidden_number_can_be_answered(sim: Running) -> None:
    write(sim, address=HIDDEN)
    sent = sim.client.messages.create(from_=OFFICE, to=HIDDEN, body="Baik, Bapak/Ibu.")
    wait_for(lambda: "read" in sim.gateway.statuses(sent.sid))


def test_its_own_callback_address_is_signed_and_called_on_loopback(sim: Running) -> None:
    write(sim)
    url = "https://wadul.example.id/webhooks/twilio/status?part=1"
    sent = sim.client.messages.create(from_=OFFICE, to=CASMINI, body="halo", status_callback=url)
    wait_for(lambda: sim.gateway.statuses(sent.sid) == ["sent", "delivered", "read"])


def test_the_list_is_filtered_by_receiver_and_date_and_paged(sim: Running) -> None:
    address = "whatsapp:+6281277776666"
    write(sim, address=address)
    start = datetime.now(UTC)
    for number in range(5):
        sim.client.messages.create(from_=OFFICE, to=address, body=f"pesan {number}")
    rows = sim.client.messages.list(to=address, page_size=2)
    assert [r.body for r in rows] == [f"pesan {n}" for n in (4, 3, 2, 1, 0)]
    assert len(sim.client.messages.list(to=address, date_sent_after=start)) == 5
    later = start + timedelta(minutes=2)
    assert sim.client.messages.list(to=address, date_sent_after=later) == []
    assert len(sim.client.messages.list(to=address, date_sent_before=later)) == 5
    assert sim.client.messages.list(to=address, from_="whatsapp:+15550001111") == []


def test_an_unknown_message_is_404(sim: Running) -> None:
    with pytest.raises(TwilioRestException) as caught:
        sim.client.messages("SM" + "0" * 32).fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)


@pytest.mark.parametrize(("fault", "status", "code"), [
    ("429", 429, 20429), ("500", 500, 20500), ("503", 503, 20500), ("63016", 400, 63016),
])  # fmt: skip
def test_the_next_sends_fail_and_then_no_more(
    sim: Running, fault: str, status: int, code: int
) -> None:
    write(sim)
    sim.act("faults", send=fault, remaining=2)
    for _ in range(2):
        with pytest.raises(TwilioRestException) as caught:
            sim.client.messages.create(from_=OFFICE, to=CASMINI, body="x")
        assert (caught.value.status, caught.value.code) == (status, code)
    assert sim.client.messages.create(from_=OFFICE, to=CASMINI, body="x").sid
    assert sim.state()["faults"]["send"] == "none"


def test_429_says_when_to_come_back(sim: Running) -> None:
    sim.act("faults", send="429", remaining=1)
    answer = sim.http.post(
        f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", data={}, auth=(ACCOUNT, TOKEN)
    )
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")


@pytest.mark.parametrize(
    ("fault", "code"), [("63016_callback", "63016"), ("63024_callback", "63024")]
)
def test_faults_that_come_with_the_status_report(sim: Running, fault: str, code: str) -> None:
    write(sim)
    sim.act("faults", send=fault, remaining=1)
    sent = sim.client.messages.create(from_=OFFICE, to=CASMINI, body="x")
    wait_for(lambda: sim.gateway.statuses(sent.sid) == ["undelivered"])
    assert sim.gateway.callback(sent.sid, "undelivered")["ErrorCode"] == code


def test_a_slow_twilio_has_taken_the_message_before_it_answers(sim: Running) -> None:
    write(sim)
    sim.act("faults", slow=0.4)
    started = time.monotonic()
    sent = sim.client.messages.create(from_=OFFICE, to=CASMINI, body="pelan")
    assert time.monotonic() - started >= 0.4
    assert "read" in sim.gateway.statuses(sent.sid)


def test_a_lost_answer_leaves_a_message_that_the_list_shows(sim: Running) -> None:
    write(sim)
    sim.act("faults", send="lost", remaining=1)
    with pytest.raises(httpx.ReadTimeout):
        sim.http.post(
            f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
            data={"From": OFFICE, "To": CASMINI, "Body": "hilang jawabannya"},
            auth=(ACCOUNT, TOKEN),
            timeout=0.3,
        )
    assert sim.client.messages.list(to=CASMINI)[0].body == "hilang jawabannya"


def test_chaos_tells_every_state_in_any_order_and_keeps_the_truth(sim: Running) -> None:
    write(sim)
    sim.act("faults", chaos=True)
    sids = [
        sim.client.messages.create(from_=OFFICE, to=CASMINI, body=str(n)).sid for n in range(12)
    ]
    every = {"sent", "delivered", "read"}
    wait_for(lambda: all(set(sim.gateway.statuses(s)) == every for s in sids))
    orders = {tuple(sim.gateway.statuses(s)) for s in sids}
    assert orders != {("sent", "delivered", "read")}
    assert {sim.client.messages(s).fetch().status for s in sids} == {"read"}


def test_a_phone_that_is_off_stays_at_sent_until_it_is_back(sim: Running) -> None:
    write(sim)
    sim.act("resident", address=CASMINI, offline=True)
    sent = sim.client.messages.create(from_=OFFICE, to=CASMINI, body="halo?")
    wait_for(lambda: sim.gateway.statuses(sent.sid) == ["sent"])
    time.sleep(0.1)
    assert sim.gateway.statuses(sent.sid) == ["sent"]
    sim.act("resident", address=CASMINI, offline=False)
    wait_for(lambda: sim.gateway.statuses(sent.sid) == ["sent", "delivered", "read"])


def test_without_read_receipts_it_ends_at_delivered(sim: Running) -> None:
    write(sim)
    sim.act("resident", address=CASMINI, read_receipts=False)
    sent = sim.client.messages.create(from_=OFFICE, to=CASMINI, body="halo")
    wait_for(lambda: "delivered" in sim.gateway.statuses(sent.sid))
    time.sleep(0.1)
    assert "read" not in sim.gateway.statuses(sent.sid)
    sim.act("resident", address=CASMINI, read_receipts=True)


def test_numbered_lines_become_choices_only_where_the_text_asks(sim: Running) -> None:
    write(sim)
    asked = "Ini tentang apa?\n1. Pengaduan\n2. Konsultasi\n\nBalas dengan angkanya."
    sent = sim.client.messages.create(from_=OFFICE, to=CASMINI, body=asked)
    choices = sim.message(sent.sid)["choices"]
    assert [(c["value"], c["title"]) for c in choices] == [("1", "Pengaduan"), ("2", "Konsultasi")]
    listed = "Syaratnya:\n1. KTP lama\n2. Kartu Keluarga\nGratis."
    sent = sim.client.messages.create(from_=OFFICE, to=CASMINI, body=listed)
    assert sim.message(sent.sid)["choices"] == []


def test_typing_shows_in_the_stream_and_marks_as_read(sim: Running) -> None:
    sid = write(sim)
    with sim.http.stream("GET", "/sim/events") as events:
        lines = events.iter_lines()
        assert next(lines).startswith("retry")
        done = sim.client.messaging.v2.typing_indicator.create(channel="whatsapp", message_id=sid)
        assert done.success
        seen = []
        for line in lines:
            if line.startswith("data: "):
                seen.append(json.loads(line[6:]))
                if seen[-1]["type"] == "typing":
                    break
    assert (seen[-1]["address"], seen[-1]["seconds"]) == (CASMINI, 25)
    assert sim.message(sid)["status"] == "read"
