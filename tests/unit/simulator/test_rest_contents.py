"""The official client against the stand-in: contents, choices, templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest.content.v1.content import ContentList

from wadul.simulator.contents import Content, Contents, problem_with, render

from .conftest import CASMINI, OFFICE, Running, running, settings_for, wait_for

QUICK_REPLY = {
    "twilio/quick-reply": {
        "body": "Apakah {{1}} sudah benar?",
        "actions": [
            {"type": "QUICK_REPLY", "title": "Ya", "id": "/affirm"},
            {"type": "QUICK_REPLY", "title": "Batal", "id": "/cancel"},
        ],
    }
}
LIST = {
    "twilio/list-picker": {
        "body": "Layanan apa?",
        "button": "Pilih",
        "items": [
            {"item": "KTP-el", "id": "/ktp", "description": "Baru atau hilang"},
            {"item": "KK", "id": "/kk", "description": ""},
        ],
    }
}


def create(sim: Running, types: dict[str, Any]) -> str:
    """Through the client's own request type, so that its field names are tried too."""
    payload = {"friendly_name": "t", "language": "id", "types": types}
    return str(sim.client.content.v1.contents.create(ContentList.ContentCreateRequest(payload)).sid)


def write(sim: Running) -> None:
    assert sim.act("text", address=CASMINI, text="halo").status_code == 201


def send(sim: Running, content_sid: str, **variables: str) -> str:
    sent = sim.client.messages.create(
        from_=OFFICE, to=CASMINI, content_sid=content_sid, content_variables=json.dumps(variables)
    )
    return str(sent.sid)


def test_a_content_is_made_found_listed_and_removed(sim: Running) -> None:
    sid = create(sim, {"twilio/text": {"body": "Halo {{1}}"}})
    found = sim.client.content.v1.contents(sid).fetch()
    assert (found.sid, found.language) == (sid, "id")
    assert found.types["twilio/text"]["body"] == "Halo {{1}}"
    assert sid in [c.sid for c in sim.client.content.v1.contents.list()]
    assert sim.client.content.v1.contents(sid).delete()
    with pytest.raises(TwilioRestException) as caught:
        sim.client.content.v1.contents(sid).fetch()
    assert caught.value.status == 404


def test_a_tapped_button_comes_back_with_its_payload(sim: Running) -> None:
    write(sim)
    sid = send(sim, create(sim, QUICK_REPLY), **{"1": "laporan ini"})
    shown = sim.message(sid)
    assert shown["body"] == "Apakah laporan ini sudah benar?"
    assert shown["choice_style"] == "buttons"
    sim.act("tap", sid=sid, value="/affirm")
    form = sim.gateway.messages[-1]
    assert (form["Body"], form["ButtonText"], form["ButtonPayload"]) == ("Ya", "Ya", "/affirm")
    assert form["MessageType"] == "interactive"
    assert form["OriginalRepliedMessageSid"] == sid
    assert form["OriginalRepliedMessageSender"] == OFFICE


def test_a_chosen_row_comes_back_with_its_id(sim: Running) -> None:
    write(sim)
    sid = send(sim, create(sim, LIST))
    assert sim.message(sid)["choice_style"] == "list"
    sim.act("tap", sid=sid, value="/ktp")
    form = sim.gateway.messages[-1]
    assert (form["ListId"], form["ListTitle"], form["Body"]) == ("/ktp", "KTP-el", "KTP-el")
    assert sim.act("tap", sid=sid, value="/nothing").status_code == 404


def test_only_an_approved_template_opens_a_closed_window(sim: Running) -> None:
    write(sim)
    sid = create(sim, QUICK_REPLY)
    sim.act("clock", move=25 * 3600)
    early = send(sim, sid, **{"1": "x"})
    wait_for(lambda: sim.gateway.statuses(early) == ["undelivered"])
    approval = sim.client.content.v1.contents(sid).approval_create
    approval.create(_approval("wadul_tanya"))
    assert sim.client.content.v1.contents(sid).approval_fetch().fetch().whatsapp["status"] == (
        "approved"
    )
    later = send(sim, sid, **{"1": "laporan"})
    wait_for(lambda: "read" in sim.gateway.statuses(later))
    sim.act("tap", sid=later, value="/affirm")
    assert sim.gateway.messages[-1]["MessageType"] == "button"


def test_a_list_is_never_approved(sim: Running) -> None:
    approval = sim.client.content.v1.contents(create(sim, LIST)).approval_create
    with pytest.raises(TwilioRestException) as caught:
        approval.create(_approval("wadul_daftar"))
    assert caught.value.status == 400


def _approval(name: str) -> Any:
    from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

    return ApprovalCreateList.ContentApprovalRequest({"name": name, "category": "UTILITY"})


@pytest.mark.parametrize("variables", ["not json", "[1]"])
def test_variables_that_are_no_object_are_refused(sim: Running, variables: str) -> None:
    write(sim)
    with pytest.raises(TwilioRestException) as caught:
        sim.client.messages.create(
            from_=OFFICE,
            to=CASMINI,
            content_sid=create(sim, QUICK_REPLY),
            content_variables=variables,
        )
    assert caught.value.code == 21656


def content(types: dict[str, Any], approved: bool = False) -> Content:
    return Content("HX1", "t", "id", types, approved=approved)


def buttons(count: int, title: str = "Ya") -> dict[str, Any]:
    actions = [{"title": f"{title}{n}", "id": str(n)} for n in range(count)]
    return {"twilio/quick-reply": {"body": "Pilih", "actions": actions}}


def rows(count: int, item: str = "x", **more: str) -> dict[str, Any]:
    items = [{"item": item, "id": str(n), "description": "", **more} for n in range(count)]
    return {"twilio/list-picker": {"body": "Pilih", "button": "Buka", "items": items}}


@pytest.mark.parametrize(("case", "code"), [
    (content(buttons(3)), None),
    (content(buttons(4)), 63021),
    (content(buttons(4), approved=True), None),
    (content(buttons(11), approved=True), 63021),
    (content(buttons(1, "t" * 20)), 63021),
    (content(rows(10)), None),
    (content(rows(11)), 63021),
    (content(rows(1, item="i" * 25)), 63021),
    (content(rows(1, description="d" * 73)), 63021),
    (content({"twilio/quick-reply": {"body": "b" * 1025, "actions": []}}), 63021),
])  # fmt: skip
def test_limits_of_interactive_messages(case: Content, code: int | None) -> None:
    problem = problem_with(case, render(case, {}), {})
    assert (problem.code if problem else None) == code


@pytest.mark.parametrize("value", ["", "dua\nbaris", "lima     spasi"])
def test_template_variables_are_one_plain_line(value: str) -> None:
    case = content({"twilio/text": {"body": "Nomor {{1}} diterima."}}, approved=True)
    problem = problem_with(case, render(case, {"1": value}), {"1": value})
    assert problem is not None
    assert problem.code == 63013


def test_contents_outlive_the_process(tmp_path: Path) -> None:
    file = tmp_path / "contents.json"
    Contents(file).put(content(QUICK_REPLY))
    assert Contents(file).get("HX1") == content(QUICK_REPLY)
    file.write_text("{ broken")
    assert Contents(file).get("HX1") is None


def test_an_offices_templates_are_known_and_approved(tmp_path: Path) -> None:
    office = tmp_path / "offices" / "contoh"
    office.mkdir(parents=True)
    (office / "office.yml").write_text(
        "name: Kecamatan Contoh\nwhatsapp: ['whatsapp:+620001110']\n"
    )
    sid = "HX" + "a" * 32
    (office / "templates.yml").write_text(
        f"- name: kabar\n  content_sid: {sid}\n  body: 'Laporan {{{{1}}}} sudah dijawab.'\n"
    )
    with running(settings_for(tmp_path)) as sim:
        assert sim.state()["offices"] == [
            {"address": "whatsapp:+620001110", "name": "Kecamatan Contoh"}
        ]
        sent = sim.client.messages.create(
            from_="whatsapp:+620001110",
            to=CASMINI,
            content_sid=sid,
            content_variables='{"1": "JTB-1"}',
        )
        wait_for(lambda: "read" in sim.gateway.statuses(sent.sid))
        assert sim.message(sent.sid)["body"] == "Laporan JTB-1 sudah dijawab."
        assert sim.message(sent.sid)["template"] is True
