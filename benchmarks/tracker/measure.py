"""Time of the 10th and the 500th message: stock Rasa with its SQL store, and Wadul's.

    .venv-rasa/bin/python -m benchmarks.tracker.measure

The small project of tests/components/channel is trained in a temporary folder and asked in this
process, without actions and without the network, so that only tracker and dialogue count. Both
kinds take turns message by message, so that a busy machine slows both. Prints one table.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

from components.lean import check_schema_once, import_late, leave_training_out

PROJECT = Path(__file__).parents[2] / "tests" / "components" / "channel" / "project"
SAID = ("jam buka", "nanti saja", "nilai", "bagus")
EARLY, LATE, AROUND = 10, 500, 5
FRESH_CONVERSATIONS = 6
TRAIN = (
    "from rasa.model_training import train; train('domain.yml', 'config.yml', ['data'], 'models')"
)
Ask = Callable[[str, str], Awaitable[Any]]
_number = count()


def train(folder: Path) -> Path:
    shutil.copytree(PROJECT, folder)
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TRAIN],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return folder / "models"


async def stock(model: Path, folder: Path) -> Ask:
    """Rasa as it comes: its processor, its SQL tracker store."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage
    from rasa.core.tracker_store import SQLTrackerStore

    agent = Agent.load(model, tracker_store=SQLTrackerStore(db=str(folder / "stock.db")))

    async def ask(sender: str, text: str) -> Any:
        return await agent.handle_message(UserMessage(text, sender_id=sender))

    return ask


async def wadul(model: Path, folder: Path) -> Ask:
    """The turns and the store that serve residents."""
    from rasa.core.agent import Agent

    from components.inbound import read_turn
    from components.tracker import ConversationStore
    from components.turns import TurnProcessor

    store = ConversationStore(host=f"sqlite:///{folder / 'wadul.db'}")
    agent = Agent.load(model, tracker_store=store)
    processor = TurnProcessor.of(agent.processor)

    async def ask(sender: str, text: str) -> Any:
        body = {"turn_id": str(next(_number)), "sender": sender, "text": text}
        return await processor.answer(read_turn(json.dumps(body).encode()))

    return ask


async def milliseconds(ask: Ask, sender: str, number: int) -> float:
    started = time.perf_counter()
    await ask(sender, SAID[number % len(SAID)])
    return (time.perf_counter() - started) * 1000


async def measure(asks: dict[str, Ask]) -> dict[str, tuple[float, float]]:
    """Per kind: median of the messages around the 10th and around the 500th."""
    early: dict[str, list[float]] = {name: [] for name in asks}
    late: dict[str, list[float]] = {name: [] for name in asks}
    for conversation in range(FRESH_CONVERSATIONS):
        for number in range(1, EARLY + AROUND + 1):
            for name, ask in asks.items():
                spent = await milliseconds(ask, f"fresh-{conversation}", number)
                if number >= EARLY - AROUND:
                    early[name].append(spent)
    for number in range(1, LATE + AROUND + 1):
        for name, ask in asks.items():
            spent = await milliseconds(ask, "long", number)
            if number >= LATE - AROUND:
                late[name].append(spent)
    return {name: (statistics.median(early[name]), statistics.median(late[name])) for name in asks}


async def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        model = train(folder / "project")
        asks = {"stock": await stock(model, folder), "wadul": await wadul(model, folder)}
        results = await measure(asks)
    sys.stdout.write("| | 10th message, ms | 500th message, ms | ratio |\n|---|---|---|---|\n")
    for name, (early, late) in results.items():
        sys.stdout.write(f"| {name} | {early:.1f} | {late:.1f} | {late / early:.2f} |\n")


if __name__ == "__main__":
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    warnings.simplefilter("ignore")
    import_late()
    leave_training_out()
    check_schema_once()
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    asyncio.run(main())
