"""Every setting, read once from the environment (prefix `WADUL_`) and `.env`.

Nothing here touches the disk or the network; `Settings()` reads the environment, and the rest of
the program gets the object passed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_ACCOUNT_SID = "AC" + "0" * 32
DEVELOPMENT_AUTH_TOKEN = "only-for-the-simulator"  # noqa: S105 - no secret: signs loopback webhooks


class Settings(BaseSettings):
    """One frozen object; each field's description is its line in `.env.example`."""

    model_config = SettingsConfigDict(
        env_prefix="WADUL_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    var_dir: Path = Field(Path("var"), description="Folder for everything that changes.")
    database_url: str = Field(
        "", description="SQLAlchemy URL; empty = SQLite under the var folder."
    )
    offices_dir: Path = Field(Path("offices"), description="Folder with one folder per office.")
    model_dir: Path = Field(Path("models"), description="Folder with the trained Rasa models.")

    model_file: Path | None = Field(
        None, description="Serve this model instead of the one for the current data."
    )

    gateway_host: str = Field(
        "0.0.0.0",  # noqa: S104 - the one public door
        description="Address the gateway listens on; it is the one public door.",
    )
    gateway_port: int = Field(8000, description="Port of the gateway.")
    console_port: int = Field(8080, description="Port of the operators' console (loopback).")
    actions_port: int = Field(5055, description="Port of the action server (loopback).")
    rasa_port: int = Field(5005, description="Port of the Rasa server (loopback).")
    simulator_port: int = Field(8090, description="Port of the simulator (loopback).")

    simulator: Literal["auto", "on", "off"] = Field(
        "auto", description="on/off; auto = on until real Twilio credentials are set."
    )
    public_url: str = Field(
        "", description="Public address of the gateway as Twilio calls it, e.g. https://…"
    )
    twilio_account_sid: str = Field("", description="Twilio account SID (AC…).")
    twilio_auth_token: SecretStr = Field(
        SecretStr(""), description="Twilio auth token; signs webhooks and authorises sends."
    )
    twilio_messaging_service_sid: str = Field(
        "", description="Optional messaging service (MG…) used as sender."
    )
    twilio_api_url: str = Field("", description="Replaces https://api.twilio.com (tests, proxy).")
    twilio_content_url: str = Field("", description="Replaces https://content.twilio.com.")
    twilio_timeout_seconds: float = Field(10.0, gt=0, description="Limit for one Twilio request.")
    native_choices: bool = Field(
        False, description="Also offer choices as WhatsApp buttons or lists (Content API)."
    )

    burst_seconds: float = Field(
        1.2, ge=0, description="Quiet time that ends a burst of messages; 0 = off."
    )
    burst_limit_seconds: float = Field(
        8.0, ge=0, description="A burst ends after this time even if messages keep coming."
    )
    flood_messages: int = Field(
        30, gt=0, description="More messages than this in one window from one address is a flood."
    )
    flood_window_seconds: float = Field(60.0, gt=0, description="Window of the flood limit.")
    webhook_body_limit: int = Field(
        1_048_576, gt=0, description="Largest webhook body in bytes; larger ones get 413."
    )
    rasa_timeout_seconds: float = Field(15.0, gt=0, description="Limit for one turn in Rasa.")
    apology_after_seconds: float = Field(
        20.0, gt=0, description="Rasa unreachable this long: the resident gets one apology."
    )
    worker_concurrency: int = Field(16, gt=0, description="Turns and sends under way at once.")
    lease_seconds: float = Field(
        30.0, gt=0, description="A lease of a dead worker ends after this time."
    )
    media_limit_bytes: int = Field(16_777_216, gt=0, description="Largest media file that is kept.")
    media_timeout_seconds: float = Field(60.0, gt=0, description="Limit for one media download.")
    media_url: str = Field(
        "", description="fsspec URL of the media store; empty = folder media in the var folder."
    )
    redis_url: str = Field(
        "", description="Redis for Rasa's lock store; empty = in memory (one Rasa server)."
    )
    secret_keys: SecretStr = Field(
        SecretStr(""),
        description="Keys that seal second factors, newest first, separated by commas; "
        "empty = file secret.key in the var folder.",
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="console for people, json for machines."
    )

    @property
    def simulated(self) -> bool:
        """Whether the simulator stands in for Twilio."""
        if self.simulator == "auto":
            return not (self.twilio_account_sid and self.twilio_auth_token.get_secret_value())
        return self.simulator == "on"

    @property
    def sqlalchemy_url(self) -> str:
        """The database, with the driver that Wadul pins filled in."""
        url = self.database_url or f"sqlite:///{self.var_dir / 'wadul.db'}"
        for scheme in ("postgres://", "postgresql://"):
            if url.startswith(scheme):
                return "postgresql+psycopg://" + url.removeprefix(scheme)
        return url

    @property
    def account_sid(self) -> str:
        return self.twilio_account_sid or DEVELOPMENT_ACCOUNT_SID

    @property
    def auth_token(self) -> str:
        return self.twilio_auth_token.get_secret_value() or DEVELOPMENT_AUTH_TOKEN

    @property
    def signed_url(self) -> str:
        """The base that webhook signatures are computed over, without a trailing slash."""
        return (self.public_url or f"http://127.0.0.1:{self.gateway_port}").rstrip("/")

    @property
    def simulator_url(self) -> str:
        return f"http://127.0.0.1:{self.simulator_port}"

    @property
    def api_url(self) -> str:
        """Twilio's REST base; the simulator's when it stands in and nothing else is set."""
        default = self.simulator_url if self.simulated else "https://api.twilio.com"
        return (self.twilio_api_url or default).rstrip("/")

    @property
    def content_url(self) -> str:
        default = self.simulator_url if self.simulated else "https://content.twilio.com"
        return (self.twilio_content_url or default).rstrip("/")

    @property
    def rasa_url(self) -> str:
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        return f"http://127.0.0.1:{self.actions_port}"

    @property
    def spool_dir(self) -> Path:
        """Where webhooks wait while the database is away."""
        return self.var_dir / "spool"

    @property
    def secret_key_file(self) -> Path:
        """Where the key is kept that seals secrets, unless keys are set."""
        return self.var_dir / "secret.key"

    @property
    def media_store(self) -> str:
        """fsspec URL or folder under which media files are kept by hash."""
        return self.media_url or str(self.var_dir / "media")
