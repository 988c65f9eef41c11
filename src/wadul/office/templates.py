"""Message templates: YAML fields → `MessageTemplate`, under the rules of WhatsApp."""

from __future__ import annotations

import re
from itertools import pairwise

from wadul.office.models import TEMPLATE_USES, MessageTemplate, TemplateVariable
from wadul.office.reading import Fields

BODY_LIMIT = 1024
BUTTON_LIMIT = 20
_VARIABLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_CONTENT_SID = re.compile(r"HX[0-9a-fA-F]{32}")
_NAME = re.compile(r"[a-z0-9_]+")


def read_template(fields: Fields) -> MessageTemplate:
    name = fields.text("name")
    if name and not _NAME.fullmatch(name):
        fields.problem("name", "hanya huruf kecil, angka dan garis bawah.")
    body = fields.text("body", longest=BODY_LIMIT)
    variables = tuple(_read_variable(group) for group in fields.groups("variables", optional=True))
    for mistake in body_mistakes(body, len(variables)):
        fields.problem("body", mistake)
    content_sid = fields.optional_text("content_sid", required_key=True)
    if content_sid is not None and not _CONTENT_SID.fullmatch(content_sid):
        fields.problem("content_sid", "harus HX dan 32 angka/huruf dari Twilio, atau null.")
    buttons = fields.texts("buttons", longest=BUTTON_LIMIT, at_least=0, optional=True)
    if len(buttons) > 3:
        fields.problem("buttons", "paling banyak 3 tombol.")
    template = MessageTemplate(
        name=name,
        used_for=fields.choice("used_for", TEMPLATE_USES),
        body=body,
        variables=variables,
        content_sid=content_sid,
        language=fields.text("language", default="id"),
        buttons=buttons,
    )
    fields.close()
    return template


def _read_variable(fields: Fields) -> TemplateVariable:
    variable = TemplateVariable(fields.text("name"), fields.text("example", longest=200))
    if "\n" in variable.example or " " * 5 in variable.example:
        fields.problem(
            "example", "tidak boleh berganti baris atau berisi lebih dari 4 spasi berurutan."
        )
    fields.close()
    return variable


def body_mistakes(body: str, described: int) -> list[str]:
    """What WhatsApp would refuse about the variables of a body (error 63013)."""
    if not body:
        return []
    found = list(_VARIABLE.finditer(body))
    mistakes = []
    numbers = [match[1] for match in found]
    distinct = list(dict.fromkeys(numbers))
    if distinct != [str(n) for n in range(1, len(distinct) + 1)]:
        mistakes.append("variabel harus bernomor urut dari {{1}}, misalnya {{1}} lalu {{2}}.")
    if len(distinct) != described:
        mistakes.append(
            f"ada {len(distinct)} variabel di teks, tetapi {described} di daftar variables."
        )
    if found and not body[: found[0].start()].strip():
        mistakes.append("variabel tidak boleh di awal teks.")
    if found and not re.search(r"\w", body[found[-1].end() :]):
        mistakes.append("variabel tidak boleh di akhir teks (tambahkan kata sesudahnya).")
    for left, right in pairwise(found):
        if not re.search(r"\w", body[left.end() : right.start()]):
            mistakes.append(
                f"{left[0]} dan {right[0]} tidak boleh berdampingan; beri kata di antaranya."
            )
    if _VARIABLE.sub("", body).count("{{") or _VARIABLE.sub("", body).count("}}"):
        mistakes.append("ada kurung {{ atau }} yang tidak berpasangan.")
    return mistakes
