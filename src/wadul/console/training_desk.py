"""What the trainers' pages share: the language project, one writer at a time, orders, work."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import structlog

from wadul.bootstrap import Wadul
from wadul.console.training_jobs import Jobs, in_thread
from wadul.exceptions import WadulError
from wadul.training.corpus import Corpus
from wadul.training.inbox import Item
from wadul.training.metrics import Metrics
from wadul.training.ordering import Order, Placed, taught_order
from wadul.training.project import Project
from wadul.training.rasa import RasaPrograms
from wadul.training.replay import Replay

log = structlog.get_logger()


class TrainingDesk:
    """One for the console's process."""

    def __init__(self, wadul: Wadul) -> None:
        self.wadul = wadul
        self.project = Project.of(wadul.settings)
        self.rasa = RasaPrograms.of(wadul.settings)
        self.writing = asyncio.Lock()  # data and annotations change together
        self.jobs = Jobs(self.project.var / "training-job.json")
        self.replays: dict[tuple[str, str], Replay] = {}  # by office and model
        self.crossed: dict[str, Metrics] = {}  # cross-validation of today's data, by model
        self._orders: dict[str, Order] = {}
        self._ordering = asyncio.Lock()

    async def corpus(self) -> Corpus:
        """As the files are now. Raises `BrokenFile`."""
        return await asyncio.to_thread(Corpus.load, self.project)

    def ordered(self, office_id: str, items: Sequence[Item]) -> Order | None:
        """These items as the encoder ordered them before; None if there are too many new ones."""
        known = self._orders.get(office_id)
        if known is None:
            return None
        now = {item.turn_id: item for item in items}
        before: set[UUID] = {each.item.turn_id for each in known.placed}
        if set(now) - before:
            return None
        placed = [
            (each.item.doubtful, Placed(now[each.item.turn_id], each.cluster, each.second))
            for each in known.placed
            if each.item.turn_id in now
        ]
        # what somebody spoke against meanwhile comes first
        placed.sort(key=lambda each: each[0] or not each[1].item.doubtful)
        return Order(tuple(each for _, each in placed), by_encoder=True)

    async def teach_order(self, office_id: str, order: Order, corpus: Corpus) -> Order | None:
        """Ask the encoder, one at a time; None where that is not possible."""
        if not self.rasa.python.is_file():
            return None
        async with self._ordering:
            try:
                found = await in_thread(
                    lambda: taught_order(self.project, self.rasa, order, corpus.examples)
                )
            except (WadulError, OSError) as error:
                log.warning("The inbox keeps its order.", action="order_failed", reason=str(error))
                return None
            self._orders[office_id] = found
            return found
