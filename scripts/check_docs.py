"""Keep the documents true: settings, make targets, links, and nothing that must not be there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from wadul.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
ENV_EXAMPLE = ROOT / ".env.example"
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
_TARGET = re.compile(r"`make ([a-z-]+)")
REGISTRY = re.compile("https?://[\\w.-]*(?:" + "|".join(("pypi", "npmjs", "pythonhosted")) + ")")


def env_example() -> str:
    """`.env.example` as it must be: each setting with its line and its default."""
    lines = ["# Settings of Wadul. Copy to .env and change what you need; all are optional.", ""]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        text = "" if default is None else str(default)
        text = text.lower() if isinstance(default, bool) else text
        lines += [f"# {field.description}", f"#WADUL_{name.upper()}={text}"]
    return "\n".join(lines) + "\n"


def problems() -> Iterator[str]:
    if not ENV_EXAMPLE.is_file() or ENV_EXAMPLE.read_text() != env_example():
        yield ".env.example does not match src/wadul/settings.py: run scripts/check_docs.py --write"
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("envs/*/*.md")):
        text = document.read_text()
        name = document.relative_to(ROOT)
        for link in _LINK.findall(text):
            if "://" not in link and not (document.parent / link).exists():
                yield f"{name}: the link {link} leads nowhere"
        for target in _TARGET.findall(text):
            if target not in targets:
                yield f"{name}: there is no `make {target}`"
    yield from forbidden()


def forbidden() -> Iterator[str]:
    """Paths of one machine and addresses of package registries do not belong into the project."""
    home = f"{ROOT}/"
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    for name in filter(None, tracked.stdout.split("\0")):
        file = ROOT / name
        if file.suffix in {".txt", ".toml", ".py", ".md", ".yml", ".json"} and file.is_file():
            text = file.read_text(errors="replace")
            if home in text:
                yield f"{name}: holds a path of this machine"
            if REGISTRY.search(text):
                yield f"{name}: holds the address of a package registry"


def main() -> None:
    if "--write" in sys.argv:
        ENV_EXAMPLE.write_text(env_example())
    found = list(problems())
    for problem in found:
        print(problem)
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
