from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wadul.spool import Spool, SpooledWebhook

AT = datetime(2026, 11, 24, 3, tzinfo=UTC)


def webhook(number: int) -> SpooledWebhook:
    return SpooledWebhook("message", b"Body=\x00\xff%d" % number, AT + timedelta(seconds=number))


def test_comes_out_as_it_went_in_and_in_order(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    for number in range(5):
        spool.append(webhook(number))
    taken: list[SpooledWebhook] = []
    assert spool.drain(taken.append) == 5
    assert taken == [webhook(number) for number in range(5)]
    assert len(spool) == 0


def test_a_failure_keeps_the_rest(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for number in range(3):
        spool.append(webhook(number))
    taken: list[SpooledWebhook] = []

    def take(spooled: SpooledWebhook) -> None:
        if taken:
            raise ConnectionError
        taken.append(spooled)

    with pytest.raises(ConnectionError):
        spool.drain(take)
    assert len(spool) == 2


def test_a_damaged_file_is_put_aside(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append(webhook(1))
    (tmp_path / "0000.json").write_text("{")
    taken: list[SpooledWebhook] = []
    assert spool.drain(taken.append) == 1
    assert (tmp_path / "0000.damaged").exists()


def test_an_unfinished_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "0001.tmp").write_text("{")
    assert Spool(tmp_path).drain(lambda _: pytest.fail("read")) == 0
