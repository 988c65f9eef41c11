"""Finds the entities of a message: service, places, address, ticket number, money, day and time."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.catalogue import OFFICES, Catalogue, fingerprint
from components.encoder import shared_encoder
from components.find_clock import find_clock
from components.find_dates import find_dates
from components.find_money import find_money
from components.find_moves import move_finder
from components.find_numbers import find_rt_rw, find_ticket_number
from components.find_places import PlaceFinder
from components.find_services import ServiceFinder
from components.normaliser import Normaliser, frequent_words
from components.sources import sources_fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from components.findings import Finding

FOUND = "found_entities"
"""Message key of what was found, for the components behind; annotations of examples stay apart."""

JAKARTA = timezone(timedelta(hours=7), "Asia/Jakarta")
MAX_CHARACTERS = 2_000

# Rasa reads the annotations of components while it runs: its classes are imported in earnest.


@DefaultV1Recipe.register(
    [
        DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER,
        DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR,
    ],
    is_trainable=True,
)
class OfficeEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Rules over the office's catalogue; each kind of entity comes at most once per message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`offices`: folder with one folder per office; null means the project's own."""
        return {"offices": None}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._use(Catalogue(), ())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OfficeEntityExtractor:
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Train again when an office's files change, though `data/` did not."""
        return fingerprint(_folder(config)) + sources_fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        texts = [m.get(TEXT) for m in training_data.nlu_examples if m.get(TEXT)]
        known = sorted(frequent_words(texts))
        catalogue = Catalogue.read(_folder(self._config))
        self._use(catalogue, known)
        with self._storage.write_to(self._resource) as folder:
            stored = {"catalogue": catalogue.as_json(), "known_words": known}
            (folder / "catalogue.json").write_text(
                json.dumps(stored, ensure_ascii=False), encoding="utf-8"
            )
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> OfficeEntityExtractor:
        self = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            stored = json.loads((folder / "catalogue.json").read_text(encoding="utf-8"))
        self._use(Catalogue.from_json(stored["catalogue"]), stored["known_words"])
        return self

    def _use(self, catalogue: Catalogue, known: Iterable[str]) -> None:
        normaliser = Normaliser.from_file()
        words = {*known, *normaliser.known_words}
        self._codes = catalogue.office_codes
        self._places = PlaceFinder(catalogue.places, words, _is_word)
        moves = move_finder(lambda text: list(self._places.find(text)))
        self._services = ServiceFinder(
            catalogue.services, words, normaliser.expand, moves, normaliser.split
        )

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        for message in training_data.training_examples:
            message.set(FOUND, self._found(message))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            found = self._found(message)
            message.set(FOUND, found)
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    def _found(self, message: Message) -> list[dict[str, Any]]:
        text = (message.get(TEXT) or "")[:MAX_CHARACTERS]
        return [one.as_dict(type(self).__name__) for one in self.find(text, _day_of(message))]

    def find(self, text: str, today: date) -> list[Finding]:
        """Return the first finding of each kind; spans of different kinds may overlap."""
        first: dict[str, Finding] = {}
        for finding in self._all(text, today):
            first.setdefault(finding.entity, finding)
        return sorted(first.values(), key=lambda f: (f.start, f.entity))

    def _all(self, text: str, today: date) -> Iterator[Finding]:
        tickets = list(find_ticket_number(text, self._codes))
        yield from tickets
        # What is part of a ticket number or an address is no amount and no date.
        rest = _blank(text, tickets)
        addresses = list(find_rt_rw(rest))
        yield from addresses
        rest = _blank(rest, addresses)
        yield from self._services.find(rest)
        yield from self._places.find(rest)
        days = list(find_dates(rest, today))
        yield from days
        times = list(find_clock(rest))
        yield from times
        yield from find_money(_blank(_blank(rest, days), times))


def _blank(text: str, findings: Iterable[Finding]) -> str:
    for one in findings:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def _day_of(message: Message) -> date:
    """Return the day in Jakarta on which the message was sent (metadata `sent_at`), else today."""
    sent_at = (message.get("metadata") or {}).get("sent_at")
    try:
        moment = datetime.fromisoformat(str(sent_at).replace("Z", "+00:00"))
    except ValueError:
        moment = datetime.now(timezone.utc)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(JAKARTA).date()


def _is_word(word: str) -> bool:
    return shared_encoder().is_word(word)


def _folder(config: dict[str, Any]) -> Path:
    return Path(config["offices"]) if config.get("offices") else OFFICES
