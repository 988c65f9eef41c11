"""Failures inside the process, and the memory that gives each turn one answer."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from components.answers import Once
from components.failures import Busy, TurnFailed

from .programs import processor_with, say


class BrokenGraph:
    """A model whose every component raises, quoting the message."""

    def run(self, **_: Any) -> None:
        raise ValueError("jalan rusak di krasak")


@pytest.fixture
def processor(agent: Any) -> Any:
    return processor_with(agent, InMemoryTrackerStore(agent.domain))


def stored(processor: Any) -> DialogueStateTracker | None:
    return asyncio.run(processor.tracker_store.retrieve("c"))


def test_a_broken_component_fails_the_turn_without_its_words(
    processor: Any, caplog: pytest.LogCaptureFixture
) -> None:
    say(processor, "lapor")
    before = stored(processor)
    processor.graph_runner = BrokenGraph()
    with pytest.raises(TurnFailed), caplog.at_level(logging.INFO):
        say(processor, "krasak", turn_id="t1")
    assert stored(processor) == before
    assert "turn=t1 error=ValueError at=" in caplog.text
    assert "krasak" not in caplog.text


def test_a_turn_that_takes_too_long_is_given_up(
    processor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(processor, "lapor")
    monkeypatch.setattr("components.turns.TURN_SECONDS", 0.1)
    with pytest.raises(Busy):
        say(processor, "pelan")
    monkeypatch.undo()
    assert say(processor, "krasak")["replies"][0]["text"] == "Apa yang terjadi?"


def test_a_form_that_the_model_no_longer_has_is_left(processor: Any) -> None:
    tracker = DialogueStateTracker.from_events(
        "c",
        [
            SessionStarted(),
            ActionExecuted("old_form"),
            ActiveLoop("old_form"),
            SlotSet("requested_slot", "place"),
            ActionExecuted("action_listen"),
        ],
        processor.domain.slots,
    )
    asyncio.run(processor.tracker_store.save(tracker))
    assert say(processor, "jam buka")["replies"] == [{"text": "Buka 08.00.", "choices": []}]
    assert stored(processor).active_loop_name is None


async def test_once_joins_remembers_and_forgets() -> None:
    once, runs = Once(size=2), []

    async def work(name: str) -> dict[str, Any]:
        runs.append(name)
        await asyncio.sleep(0)
        return {"name": name}

    together = await asyncio.gather(*(once.answer("c", "1", lambda: work("a")) for _ in range(3)))
    assert together == [{"name": "a"}] * 3
    for turn_id in ("2", "1", "3", "2"):  # 3 pushes 2 out, the one not asked for the longest
        await once.answer("c", turn_id, lambda: work("b"))
    assert runs == ["a", "b", "b", "b"]
    once.forget("other")
    await once.answer("c", "2", lambda: work("c"))
    once.forget("c")
    await once.answer("c", "2", lambda: work("d"))
    assert runs[-1] == "d"
    assert "c" not in runs


async def test_once_does_not_remember_a_failure() -> None:
    once = Once()

    async def fail() -> dict[str, Any]:
        raise TurnFailed

    async def succeed() -> dict[str, Any]:
        return {}

    with pytest.raises(TurnFailed):
        await once.answer("c", "1", fail)
    assert await once.answer("c", "1", succeed) == {}
