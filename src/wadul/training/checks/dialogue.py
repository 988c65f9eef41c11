"""domain.yml with the rules and stories: whether every intent has an answer and all parts fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from wadul.training.checks.findings import Finding, Severity
from wadul.training.files import read
from wadul.training.labels import base_of
from wadul.training.nlu_file import compose, pairs
from wadul.training.project import Project

RASA_ACTIONS = frozenset(
    """
    action_listen action_restart action_session_start action_default_fallback
    action_deactivate_loop action_revert_fallback_events action_default_ask_affirmation
    action_default_ask_rephrase action_two_stage_fallback action_unlikely_intent action_back
    action_extract_slots action_send_text
    """.split()
)
RASA_INTENTS = frozenset({"restart", "back", "session_start", "out_of_scope", "nlu_fallback"})
RASA_SLOTS = frozenset({"requested_slot", "session_started_metadata"})


@dataclass(frozen=True)
class Named:
    """Something that a file names, and where."""

    name: str
    path: Path
    line: int


@dataclass
class Domain:
    path: Path
    intents: dict[str, Named] = field(default_factory=dict)
    entities: dict[str, Named] = field(default_factory=dict)
    slots: dict[str, Named] = field(default_factory=dict)
    values: dict[str, set[str]] = field(default_factory=dict)  # of categorical slots
    forms: dict[str, Named] = field(default_factory=dict)
    required: list[tuple[str, Named]] = field(default_factory=list)  # form, slot
    actions: dict[str, Named] = field(default_factory=dict)
    responses: dict[str, Named] = field(default_factory=dict)
    mapped: list[tuple[str, Named]] = field(
        default_factory=list
    )  # kind, what a slot is filled from


@dataclass
class Dialogue:
    """What rules and stories name."""

    intents: list[Named] = field(default_factory=list)
    actions: list[Named] = field(default_factory=list)
    loops: list[Named] = field(default_factory=list)
    slots: list[tuple[Named, str | None]] = field(default_factory=list)  # value as text

    def read(self, path: Path) -> None:
        """Raises `BrokenFile`."""
        top = pairs(compose(read(path)))
        for kind in ("rules", "stories"):
            node = top.get(kind, (None, None))[1]
            for story in _items(node):
                parts = pairs(story)
                for part in ("condition", "steps"):
                    self._steps(path, parts.get(part, (None, None))[1])

    def _steps(self, path: Path, steps: Node | None) -> None:
        for step in _items(steps):
            for key, (_, value) in pairs(step).items():
                if key == "or":
                    self._steps(path, value)
                elif key == "slot_was_set":
                    self.slots += [(named, text) for named, text in _slots(path, value)]
                elif isinstance(value, ScalarNode):
                    named = Named(str(value.value), path, value.start_mark.line + 1)
                    if key == "intent":
                        self.intents.append(named)
                    elif key == "action":
                        self.actions.append(named)
                    elif key == "active_loop" and value.value not in ("null", "~", ""):
                        self.loops.append(named)


def load_domain(path: Path) -> Domain:
    """Raises `BrokenFile`."""
    top = pairs(compose(read(path)))
    domain = Domain(path)
    for kind in ("intents", "entities", "actions", "slots", "forms", "responses"):
        target: dict[str, Named] = getattr(domain, kind)
        for named in _names(path, top.get(kind, (None, None))[1]):
            target[named.name] = named
    for slot, (_, node) in pairs(top.get("slots", (None, None))[1]).items():
        about = pairs(node)
        if "values" in about:
            domain.values[slot] = {str(item.value) for item in _items(about["values"][1])}
        for mapping in _items(about.get("mappings", (None, None))[1]):
            domain.mapped += _mapped(path, pairs(mapping))
    for form, (_, node) in pairs(top.get("forms", (None, None))[1]).items():
        required = pairs(node).get("required_slots", (None, None))[1]
        domain.required += [(form, named) for named in _names(path, required)]
    return domain


def check_dialogue(project: Project, domain: Domain, dialogue: Dialogue) -> Iterator[Finding]:
    yield from _unanswered(project, domain, dialogue)
    yield from _unknown_names(project, domain, dialogue)
    yield from _slots_and_forms(project, domain, dialogue)


def _unanswered(project: Project, domain: Domain, dialogue: Dialogue) -> Iterator[Finding]:
    answered = {base_of(named.name) for named in dialogue.intents}
    for name, named in domain.intents.items():
        if name not in answered and name not in RASA_INTENTS - {"nlu_fallback", "out_of_scope"}:
            yield _finding(
                project,
                named,
                "intent_without_answer",
                f"tidak ada aturan atau cerita yang menjawab {name}.",
                "Tambahkan aturan di data/rules, atau hapus intent ini dari domain.yml.",
            )


def _unknown_names(project: Project, domain: Domain, dialogue: Dialogue) -> Iterator[Finding]:
    actions = {*domain.actions, *domain.forms, *domain.responses, *RASA_ACTIONS}
    for named in dialogue.actions:
        if named.name in actions:
            continue
        response = named.name.startswith("utter_")
        yield _finding(
            project,
            named,
            "response_missing" if response else "action_missing",
            f"{named.name} dipakai di sini, tetapi tidak ada di domain.yml.",
            "Tulis jawabannya di bagian responses." if response else "Betulkan ejaannya.",
        )
    for named in dialogue.intents:
        if base_of(named.name) not in {*domain.intents, *RASA_INTENTS}:
            yield _finding(
                project,
                named,
                "unknown_intent",
                f"intent {named.name} dipakai di sini, tetapi tidak ada di domain.yml.",
                "Betulkan ejaannya, hapus aturannya, atau tambahkan intent itu.",
            )


def _slots_and_forms(project: Project, domain: Domain, dialogue: Dialogue) -> Iterator[Finding]:
    for named in dialogue.loops:
        if named.name not in domain.forms:
            yield _finding(
                project, named, "unknown_form", f"formulir {named.name} tidak ada.", _SPELLING
            )
    for named, value in dialogue.slots:
        if named.name not in {*domain.slots, *RASA_SLOTS}:
            yield _finding(
                project, named, "unknown_slot", f"slot {named.name} tidak ada.", _SPELLING
            )
        elif value is not None and value not in domain.values.get(named.name, {value}):
            allowed = ", ".join(sorted(domain.values[named.name]))
            yield _finding(
                project,
                named,
                "slot_value",
                f"slot {named.name} tidak mengenal nilai {value}.",
                f"Pakai salah satu: {allowed}; atau tambahkan nilainya di domain.yml.",
            )
    for form, slot in domain.required:
        if slot.name not in domain.slots:
            yield _finding(
                project,
                slot,
                "unknown_slot",
                f"formulir {form} menanyakan slot {slot.name} yang tidak ada.",
                "Tambahkan slot itu, atau hapus dari required_slots.",
            )
        elif not _asked(domain, form, slot.name):
            yield _finding(
                project,
                slot,
                "question_missing",
                f"formulir {form} tidak punya pertanyaan untuk slot {slot.name}.",
                f"Tulis utter_ask_{form}_{slot.name} di bagian responses.",
            )
    started = {named.name for named in (*dialogue.actions, *dialogue.loops)}
    for form, named in domain.forms.items():
        if form not in started:
            yield _finding(
                project,
                named,
                "form_never_starts",
                f"tidak ada aturan yang memulai formulir {form}.",
                "Tambahkan aturannya, atau hapus formulirnya.",
                Severity.WARNING,
            )
    known = {
        "intent": {*domain.intents, *RASA_INTENTS},
        "entity": set(domain.entities),
        "form": set(domain.forms),
    }
    for kind, named in domain.mapped:
        if named.name not in known[kind]:
            yield _finding(
                project,
                named,
                "slot_mapping",
                f"slot diisi dari {kind} {named.name} yang tidak ada.",
                "Betulkan bagian mappings.",
            )


_SPELLING = "Betulkan ejaannya, atau tambahkan ke domain.yml."


def _asked(domain: Domain, form: str, slot: str) -> bool:
    """By a response, an action, or the form's own validation, which may speak itself."""
    names = (f"ask_{form}_{slot}", f"ask_{slot}")
    spoken = any(
        f"utter_{name}" in domain.responses or f"action_{name}" in domain.actions for name in names
    )
    return spoken or f"validate_{form}" in domain.actions


def _mapped(path: Path, mapping: dict[str, tuple[Node, Node]]) -> Iterator[tuple[str, Named]]:
    for key, kind in (("intent", "intent"), ("not_intent", "intent"), ("entity", "entity")):
        if key in mapping:
            for named in _names(path, mapping[key][1]):
                yield kind, named
    for condition in _items(mapping.get("conditions", (None, None))[1]):
        loop = pairs(condition).get("active_loop", (None, None))[1]
        if isinstance(loop, ScalarNode) and loop.value not in ("null", "~", ""):
            yield "form", Named(str(loop.value), path, loop.start_mark.line + 1)


def _slots(path: Path, node: Node) -> Iterator[tuple[Named, str | None]]:
    """`slot_was_set` is a list of names or of name: value."""
    for item in _items(node) or [node]:
        if isinstance(item, ScalarNode):
            yield Named(str(item.value), path, item.start_mark.line + 1), None
        for name, (key, value) in pairs(item).items():
            plain = isinstance(value, ScalarNode) and value.value not in ("null", "~", "")
            yield Named(name, path, key.start_mark.line + 1), str(value.value) if plain else None


def _items(node: Node | None) -> list[Node]:
    return list(node.value) if isinstance(node, SequenceNode) else []


def _names(path: Path, node: Node | None) -> Iterator[Named]:
    """Names of a list, of mappings in a list, or the keys of a mapping; a scalar is one name."""
    if isinstance(node, ScalarNode) and node.value:
        yield Named(str(node.value), path, node.start_mark.line + 1)
    elif isinstance(node, MappingNode):
        for key, _ in node.value:
            yield Named(str(key.value), path, key.start_mark.line + 1)
    else:
        for item in _items(node):
            yield from _names(path, item)


def _finding(
    project: Project,
    named: Named,
    code: str,
    message: str,
    advice: str,
    severity: Severity = Severity.ERROR,
) -> Finding:
    return Finding(project.shown(named.path), named.line, code, message, advice, severity)
