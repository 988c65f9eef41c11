"""Classify lines: a JSON string on standard input, one JSON object a line on standard output.

    printf '"jalan rusak"\\n' | .venv-rasa/bin/python -m components.classify --model models/x.tar.gz

Runs the same preparation and pipeline as the server does for a resident's message. Keys: `text`
(as given), `intent` (Rasa's parse: name, label, confidence, …), `intent_ranking` and `entities`.
A line that says `{"ready": true}` comes first, so that the caller knows that the model is loaded.
Both sides write ASCII: neither the caller's locale nor half a character can break a line.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from typing import Any

from components.lean import import_late, spare_the_server
from components.serve import configure_logging


def main() -> None:
    parser = argparse.ArgumentParser(prog="components.classify", description=__doc__)
    parser.add_argument("--model", required=True)
    options = parser.parse_args()
    configure_logging()
    import_late()
    spare_the_server()
    asyncio.run(classify(options.model))


async def classify(model: str) -> None:
    from rasa.core.agent import load_agent
    from rasa.core.channels.channel import UserMessage

    from components.encoder import EncoderUnavailable, shared_encoder
    from components.inbound import safe_text

    try:
        shared_encoder()  # Rasa would tell of it in a hundred lines
    except EncoderUnavailable as error:
        raise SystemExit(f"wadul: rasa: {error}") from None
    agent = await load_agent(model_path=model)
    if not agent.is_ready():
        raise SystemExit("wadul: rasa: no model could be loaded.")
    say({"ready": True})
    for line in sys.stdin:
        text = json.loads(line)
        parse = await agent.processor.parse_message(UserMessage(safe_text(text)))
        kept = {key: parse[key] for key in ("intent", "entities")}
        kept["intent_ranking"] = parse.get("intent_ranking") or [kept["intent"]]  # not all rank
        say({"text": text, **kept})


def say(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, default=float) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
