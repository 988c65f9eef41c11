from __future__ import annotations

from pathlib import Path

import pytest

from wadul.training.project import Project

DOMAIN = """\
version: "3.1"
intents:
  - greet
  - thanks
  - complaint
  - consultation
  - nlu_fallback
"""
COMPLAINT = """\
# Keluhan; ditulis oleh pelatih.
version: "3.1"

nlu:
- intent: complaint/land  # sengketa
  examples: |
    - tanah saya diserobot tetangga
    - patok tanah digeser orang

- intent: complaint/waste_environment
  examples: |
    - sampah menumpuk di pasar
    # ini bukan komentar bagi Rasa
"""
SMALLTALK = """\
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - halo
      - assalamualaikum
  - intent: thanks
    examples: |
      - terima kasih
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A small language project in a folder of its own."""
    nlu = tmp_path / "data" / "nlu"
    nlu.mkdir(parents=True)
    (tmp_path / "domain.yml").write_text(DOMAIN)
    (nlu / "complaint.yml").write_text(
        COMPLAINT.replace("    # ini bukan komentar bagi Rasa\n", "")
    )
    (nlu / "smalltalk.yml").write_text(SMALLTALK)
    return Project(tmp_path, tmp_path / "offices", tmp_path / "models", tmp_path / "var")
