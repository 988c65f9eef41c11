from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from wadul.settings import Settings


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", "sqlite:///var/wadul.db"),
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:////tmp/x.db", "sqlite:////tmp/x.db"),
    ],
)
def test_the_database_gets_our_driver(url: str, expected: str) -> None:
    assert settings(database_url=url).sqlalchemy_url == expected


def test_the_simulator_stands_in_until_there_are_credentials() -> None:
    assert settings().simulated
    live = settings(twilio_account_sid="AC1", twilio_auth_token=SecretStr("x"))
    assert not live.simulated
    assert live.api_url == "https://api.twilio.com"
    assert settings().api_url == settings().simulator_url
    assert settings(twilio_api_url="http://127.0.0.1:9/").api_url == "http://127.0.0.1:9"


def test_secrets_do_not_show() -> None:
    assert "geheim" not in repr(settings(twilio_auth_token=SecretStr("geheim")))


def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WADUL_GATEWAY_PORT", "")
    monkeypatch.setenv("WADUL_MODEL_FILE", "")
    assert settings().gateway_port == 8000
    assert settings().model_file is None


@pytest.mark.parametrize(
    ("name", "value"), [("burst_seconds", -1), ("simulator", "maybe"), ("gateway_port", "x")]
)
def test_a_wrong_value_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        settings(**{name: value})


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        settings().var_dir = Path("elsewhere")  # type: ignore[misc]
