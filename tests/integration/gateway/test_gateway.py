"""The public door, over real HTTP, on both databases."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from wadul.core.states import DeliveryState, InboundState
from wadul.database import Database
from wadul.models import (
    Attachment,
    Contact,
    DeliveryReport,
    InboundMessage,
    OutboundMessage,
    UnknownWebhook,
)
from wadul.settings import Settings
from wadul.spool import Spool, SpooledWebhook
from wadul.usecases import webhooks
from wadul.usecases.inbox import FLOOD_NOTICE
from wadul.usecases.webhooks import take_webhooks

from .conftest import Gateway, message

NASTY = [
    "x" * 100_000,
    "a\x00b",
    "🙏👍🏽👨‍👩‍👧",
    "\u202eterbalik\u202c",
    "{{1}} {% x %}",
    '{"intent": "restart"}',
    "/restart",
    "%00%ff",
    "' OR 1=1 --",
    "",
]


async def test_a_message_is_stored_and_acknowledged(gateway: Gateway) -> None:
    answer = await gateway.post(message("jalan rusak", NewField="", Another="1"))
    assert (answer.status_code, answer.content) == (204, b"")
    (stored,) = gateway.rows(InboundMessage)
    assert (stored.text, stored.state) == ("jalan rusak", InboundState.WAITING)
    assert stored.raw["NewField"] == ""
    assert gateway.rows(Contact)[0].profile_name == "Warga Uji"


@pytest.mark.parametrize("signature", ["", "AAAA", "bm90IGEgc2lnbmF0dXJl", "~!"])
async def test_a_forgery_is_refused(gateway: Gateway, signature: str) -> None:
    answer = await gateway.post(message(), signature=signature)
    assert (answer.status_code, answer.content) == (403, b"")
    assert gateway.count(InboundMessage) == gateway.count(UnknownWebhook) == 0
    metrics = (await gateway.http.get("/metrics")).text
    assert 'wadul_webhooks_refused_total{endpoint="message",reason="signature"}' in metrics


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        (message() | {"From": ""}, "no_sender"),
        (message("") | {"MessageType": "hologram"}, "unknown_message_type"),
        (message() | {"To": "whatsapp:+10000000000"}, "unknown_office"),
        ({"Nothing": "known"}, "no_message_id"),
    ],
)
async def test_what_is_not_known_is_kept(
    gateway: Gateway, form: dict[str, str], reason: str
) -> None:
    assert (await gateway.post(form)).status_code == 204
    (kept,) = gateway.rows(UnknownWebhook)
    assert kept.reason == reason
    assert kept.body


async def test_the_same_message_in_parallel_is_one(gateway: Gateway) -> None:
    form = message(NumMedia="1", MediaUrl0="https://x/1", MediaContentType0="image/png")
    answers = await asyncio.gather(*(gateway.post(form) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {204}
    assert gateway.count(InboundMessage) == gateway.count(Attachment) == 1


async def test_first_messages_of_one_resident_in_parallel(gateway: Gateway) -> None:
    answers = await asyncio.gather(*(gateway.post(message(str(n))) for n in range(5)))
    assert {answer.status_code for answer in answers} == {204}
    assert (gateway.count(Contact), gateway.count(InboundMessage)) == (1, 5)


@pytest.mark.parametrize("text", NASTY, ids=[repr(text[:12]) for text in NASTY])
async def test_strange_text_is_text(gateway: Gateway, text: str) -> None:
    assert (await gateway.post(message(text))).status_code == 204
    (stored,) = gateway.rows(InboundMessage)
    assert stored.text == text.replace("\x00", "\ufffd")


async def test_one_that_cannot_be_stored_takes_no_other_with_it(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours in the middle of a batch: the others are stored, and that one is raw."""
    parse = webhooks.parse_message

    def stumble(fields: dict[str, str]) -> Any:
        if fields["Body"] == "3":
            raise ZeroDivisionError
        return parse(fields)

    monkeypatch.setattr(webhooks, "parse_message", stumble)
    answers = await asyncio.gather(*(gateway.post(message(str(n))) for n in range(5)))
    assert {answer.status_code for answer in answers} == {204}
    assert sorted(row.text for row in gateway.rows(InboundMessage)) == ["0", "1", "2", "4"]
    assert [row.reason for row in gateway.rows(UnknownWebhook)] == ["failed"]


async def test_a_body_without_end_is_refused(gateway: Gateway) -> None:
    assert (await gateway.post(message("x" * 400_000))).status_code == 413
    assert gateway.count(InboundMessage) == 0


async def test_a_flood_is_stored_but_not_answered(gateway: Gateway) -> None:
    for number in range(9):
        assert (await gateway.post(message(str(number)))).status_code == 204
    states = [row.state for row in gateway.rows(InboundMessage)]
    assert states.count(InboundState.WAITING) == 5
    assert states.count(InboundState.FLOODED) == 4
    assert [row.text for row in gateway.rows(OutboundMessage)] == [FLOOD_NOTICE]


async def test_a_status_for_a_message_that_is_not_known_yet_is_kept(gateway: Gateway) -> None:
    form = {"MessageSid": "SM9", "MessageStatus": "delivered"}
    answer = await gateway.post(form, path="/webhooks/twilio/status")
    assert answer.status_code == 204
    assert gateway.rows(DeliveryReport)[0].state is DeliveryState.DELIVERED


async def test_without_a_database_nothing_is_lost(
    start: Callable[..., Any], settings: Settings
) -> None:
    gone = Database("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1")
    gateway: Gateway = await start(database=gone)
    forms = [message(f"pesan {number}") for number in range(3)]
    for form in forms:
        assert (await gateway.post(form)).status_code == 204
    assert (await gateway.http.get("/healthz")).status_code == 503
    spool = Spool(settings.spool_dir)
    assert len(spool) == 3
    database = Database(settings.sqlalchemy_url)

    def take(webhook: SpooledWebhook) -> None:
        for _ in range(2):  # taken twice, as after a crash in between, it is stored once
            with database.transaction() as session:
                take_webhooks(session, [webhook], offices=gateway.wadul.offices, settings=settings)

    assert spool.drain(take) == 3
    back = Gateway(replace(gateway.wadul, database=database), gateway.http)
    assert sorted(row.text for row in back.rows(InboundMessage)) == [
        "pesan 0",
        "pesan 1",
        "pesan 2",
    ]
    database.close()


async def test_a_locked_database_is_waited_for_on_the_disk(
    gateway: Gateway, settings: Settings
) -> None:
    if not settings.sqlalchemy_url.startswith("sqlite"):
        pytest.skip("only SQLite locks the whole database")
    lock = sqlite3.connect(settings.sqlalchemy_url.removeprefix("sqlite:///"))
    lock.execute("BEGIN EXCLUSIVE")
    assert (await gateway.post(message("terkunci"))).status_code == 204
    lock.rollback()
    lock.close()
    assert len(Spool(settings.spool_dir)) == 1


async def test_health_names_what_is_not_ready(gateway: Gateway) -> None:
    answer = await gateway.http.get("/healthz")
    assert answer.status_code == 503
    parts = answer.json()["parts"]
    assert parts["database"] == "ok"
    assert parts["rasa"] == parts["actions"] == "does not answer"
    assert parts["worker"] == "no sign of life"


async def test_metrics_are_for_this_machine_only(gateway: Gateway) -> None:
    assert (await gateway.http.get("/metrics")).status_code == 200
    through_a_proxy = await gateway.http.get("/metrics", headers={"X-Forwarded-For": "1.2.3.4"})
    assert through_a_proxy.status_code == 404


async def test_bytes_that_are_no_form(gateway: Gateway) -> None:
    for body in (b"", b"\xff\xfe", b"%00"):
        assert (await gateway.post(body, signature="AAAA")).status_code == 403
