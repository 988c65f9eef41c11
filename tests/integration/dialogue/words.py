"""What residents say in these tests: words, or one of the things below."""

from __future__ import annotations

from integration.dialogue.phone import Phone
from wadul.core.states import MessageKind

PHOTO, VOICE, STICKER, CARD, PIN = "<photo>", "<voice>", "<sticker>", "<card>", "<pin>"
FILES = {
    PHOTO: MessageKind.IMAGE,
    VOICE: MessageKind.AUDIO,
    STICKER: MessageKind.STICKER,
    CARD: MessageKind.CONTACT_CARD,
}
STORY = "pak mau lapor, jalan di desa krasak rt 3 rusak parah berlubang dalam, kemarin ada yg jatuh"


def say(resident: Phone, words: str) -> str:
    if words in FILES:
        return resident.say(files=(FILES[words],))
    return resident.say(pin=(-6.4739, 108.3127)) if words == PIN else resident.say(words)


def tell(resident: Phone, *words: str) -> str:
    return [say(resident, one) for one in words][-1]
