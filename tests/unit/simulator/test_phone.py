"""What a resident does on the phone, as the gateway gets it; and the files behind it."""

from __future__ import annotations

import struct

import filetype
import httpx
import pytest

from wadul.simulator.samples import letter, samples, voice_note

from .conftest import ACCOUNT, CASMINI, HIDDEN, OFFICE, TOKEN, Running, wait_for

TWILIO_AUTH = (ACCOUNT, TOKEN)
ALWAYS = {
    "SmsMessageSid", "NumMedia", "ProfileName", "MessageType", "SmsSid", "SmsStatus", "Body", "To",
    "NumSegments", "ReferralNumMedia", "MessageSid", "AccountSid", "ChannelMetadata", "From",
    "ApiVersion", "ExternalUserId", "ParentExternalUserId", "ProfileUsername",
}  # fmt: skip


def last(sim: Running) -> dict[str, str]:
    return sim.gateway.messages[-1]


def test_a_text_is_signed_and_has_twilios_fields(sim: Running) -> None:
    answer = sim.act("text", address=CASMINI, text="Assalamualaikum 🙏\nada yg mau ditanya")
    assert answer.json()["status"] == "accepted_by_office"
    form = last(sim)
    assert set(form) == ALWAYS | {"WaId"}
    assert form["Body"] == "Assalamualaikum 🙏\nada yg mau ditanya"
    assert (form["From"], form["To"], form["WaId"]) == (CASMINI, OFFICE, "6281200000001")
    assert (form["MessageType"], form["NumMedia"], form["ParentExternalUserId"]) == (
        "text",
        "0",
        "",
    )


@pytest.mark.parametrize(
    "text",
    ["", "\x00nol", "/restart", '{{1}} {"intent":"x"}', "‮terbalik", "x" * 100_000, "\ud800"],
)
def test_odd_texts_travel_with_a_valid_signature(sim: Running, text: str) -> None:
    assert sim.act("text", address=CASMINI, text=text).json()["status"] == "accepted_by_office"
    assert last(sim)["Body"] == text.encode("utf-8", "replace").decode()


def test_a_hidden_number_travels_as_a_user_id(sim: Running) -> None:
    sim.act("text", address=HIDDEN, text="halo")
    form = last(sim)
    assert (form["From"], form["ExternalUserId"]) == (HIDDEN, "ID.4100000000000003")
    assert form["ProfileUsername"] == "nokratih"
    assert "WaId" not in form
    assert "WaId" not in form["ChannelMetadata"]


def test_a_pin_has_its_place_and_blank_words(sim: Running) -> None:
    sim.act("location", address=CASMINI, place={"lat": -6.47, "lon": 108.31})
    form = last(sim)
    assert (form["Latitude"], form["Longitude"], form["MessageType"]) == (
        "-6.47",
        "108.31",
        "location",
    )
    assert (form["Address"], form["Label"], form["Body"]) == ("", "", "")


def test_a_reply_names_the_message_it_answers(sim: Running) -> None:
    sim.act("text", address=CASMINI, text="yang ini", reply_to="SM123")
    assert last(sim)["OriginalRepliedMessageSid"] == "SM123"


@pytest.mark.parametrize(("key", "kind", "content_type"), [
    ("road", "image", "image/jpeg"), ("rubbish", "image", "image/jpeg"),
    ("flood", "image", "image/jpeg"), ("voice", "audio", "audio/ogg"),
    ("sticker", "sticker", "image/webp"), ("document", "document", "application/pdf"),
    ("contact", "contacts", "text/vcard"),
])  # fmt: skip
def test_samples_are_served_to_whoever_has_the_credentials(
    sim: Running, key: str, kind: str, content_type: str
) -> None:
    sim.act("sample", address=CASMINI, key=key)
    form = last(sim)
    assert (form["MessageType"], form["NumMedia"], form["Body"]) == (kind, "1", "")
    assert form["MediaContentType0"] == content_type
    url = form["MediaUrl0"]
    assert url.startswith(f"{sim.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/{form['MessageSid']}/")
    assert sim.http.get(url).status_code == 401
    assert sim.http.get(url, auth=(ACCOUNT, "wrong")).status_code == 401
    redirect = sim.http.get(url, auth=TWILIO_AUTH)
    assert redirect.status_code == 307
    file = sim.http.get(url, auth=TWILIO_AUTH, follow_redirects=True)
    assert file.headers["content-type"].split(";")[0] == content_type
    assert file.content == samples()[key].data
    guessed = filetype.guess_mime(file.content)
    assert guessed in (content_type, None if key == "contact" else content_type)


def test_the_client_describes_and_deletes_a_file(sim: Running) -> None:
    sim.act("sample", address=CASMINI, key="road", caption="jalan di Krasak pak")
    form = last(sim)
    assert form["Body"] == "jalan di Krasak pak"
    message = sim.client.messages(form["MessageSid"])
    assert message.fetch().num_media == "1"
    (media,) = message.media.list()
    assert (media.content_type, media.parent_sid) == ("image/jpeg", form["MessageSid"])
    assert message.media(media.sid).fetch().sid == media.sid
    assert message.media(media.sid).delete()
    assert sim.http.get(form["MediaUrl0"], auth=TWILIO_AUTH).status_code == 404


def test_an_upload_keeps_its_bytes_and_type(sim: Running) -> None:
    answer = sim.http.post(
        "/sim/upload",
        params={"address": CASMINI, "name": "surat kuasa.docx", "caption": "ini pak"},
        content=b"PK\x03\x04 isi",
        headers={"X-Simulator": "1", "Content-Type": "application/msword"},
    )
    assert answer.status_code == 201
    form = last(sim)
    assert (form["MessageType"], form["MediaContentType0"]) == ("document", "application/msword")
    file = sim.http.get(form["MediaUrl0"], auth=TWILIO_AUTH, follow_redirects=True)
    assert file.content == b"PK\x03\x04 isi"


def test_broken_files(sim: Running) -> None:
    def next_file(defect: str) -> str:
        sim.act("faults", media=defect)
        sim.act("sample", address=CASMINI, key="road")
        return last(sim)["MediaUrl0"]

    missing = next_file("missing")
    assert sim.http.get(missing, auth=TWILIO_AUTH, follow_redirects=True).status_code == 404
    huge = sim.http.get(next_file("huge"), auth=TWILIO_AUTH, follow_redirects=True)
    assert len(huge.content) == 20 * 1024 * 1024
    fake = sim.http.get(next_file("wrong_type"), auth=TWILIO_AUTH, follow_redirects=True)
    assert fake.headers["content-type"] == "image/jpeg"
    assert fake.content.startswith(b"<!DOCTYPE html>")
    with (
        pytest.raises(httpx.ReadTimeout),
        sim.http.stream(
            "GET", next_file("endless"), auth=TWILIO_AUTH, follow_redirects=True, timeout=0.3
        ) as stream,
    ):
        stream.read()
    assert sim.state()["faults"]["media"] == "none"


def test_the_same_webhook_again_is_byte_for_byte_the_same(sim: Running) -> None:
    sid = sim.act("text", address=CASMINI, text="halo").json()["sid"]
    assert sim.act("again", times=3).json() == {"answers": [204, 204, 204]}
    forms = [f for f in sim.gateway.messages if f["MessageSid"] == sid]
    assert len(forms) == 4
    assert all(f == forms[0] for f in forms)


def test_a_forged_webhook_gets_the_gateways_403(sim: Running) -> None:
    assert sim.act("forge", address=CASMINI).json() == {"status": 403}
    seen = [valid for path, _, valid in sim.gateway.received if path.endswith("/whatsapp")]
    assert seen == [False]


def test_a_gateway_that_refuses_shows_and_can_be_tried_again(sim: Running) -> None:
    sim.gateway.status = 503
    sent = sim.act("text", address=CASMINI, text="halo").json()
    assert (sent["status"], sent["error_code"]) == ("rejected", 11200)
    sim.gateway.status = 204
    sim.act("again", sid=sent["sid"])
    assert sim.message(sent["sid"])["status"] == "accepted_by_office"


def test_the_traffic_log_holds_no_words_of_anybody(sim: Running) -> None:
    sim.act("text", address=CASMINI, text="rahasia sekali")
    sim.client.messages.create(from_=OFFICE, to=CASMINI, body="jawaban rahasia")
    wait_for(lambda: len(sim.gateway.received) >= 4)
    assert "rahasia" not in str(sim.state()["log"])
    assert "81200000001" not in str(sim.state()["log"])


def test_the_voice_note_is_well_formed_ogg() -> None:
    data = voice_note(2)
    pages, at = [], 0
    while at < len(data):
        assert data[at : at + 4] == b"OggS"
        flags, granule = data[at + 5], struct.unpack_from("<q", data, at + 6)[0]
        segments = data[at + 27 : at + 27 + data[at + 26]]
        pages.append((flags, granule))
        at += 27 + len(segments) + sum(segments)
    assert at == len(data)
    assert pages == [(2, 0), (0, 0), (0, 48000), (4, 96000)]


def test_the_letters_table_points_at_its_objects() -> None:
    data = letter()
    start = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    assert data[start : start + 4] == b"xref"
    offsets = [int(line[:10]) for line in data[start:].splitlines()[3:8]]
    for number, offset in enumerate(offsets, 1):
        assert data[offset:].startswith(b"%d 0 obj" % number)
