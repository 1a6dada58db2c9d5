"""Every setting: a name, a default and a sentence. Read from CAUDAL_* variables, then caudal.toml, then defaults."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

CONFIG_FILE = "caudal.toml"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CAUDAL_", extra="forbid", toml_file=CONFIG_FILE, frozen=True)

    var: Path = Field(Path("var"), description="Folder of the embedded store, the kept bytes and the caches.")
    database_url: str = Field(
        "", description="SQLAlchemy URL of the store; empty means SQLite in the var folder (caudal.sqlite)."
    )
    host: str = Field("127.0.0.1", description="Address to listen on; anything but loopback needs an account.")
    port: int = Field(8050, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    language: Literal["es", "en"] = Field("es", description="Language of commands and of pages without ?lang=.")
    site: str = Field("", description="Site shown where the address names none; empty means the first site.")
    tls_cert: Path | None = Field(None, description="Certificate file, for serving beyond loopback.")
    tls_key: Path | None = Field(None, description="Key file of the certificate.")
    secret_file: Path | None = Field(
        None,
        description="Key that signs sessions; empty means secret.key in the var folder. Hosts of one store share it.",
    )
    behind_proxy: bool = Field(
        False, description="A proxy with a certificate stands in front and sets X-Forwarded-*; trust it."
    )
    web_processes: int = Field(1, ge=1, le=64, description="Web processes of this host; SQLite allows one.")
    cache_url: str = Field("", description="Redis URL of the shared cache; empty means in process.")
    max_delivery_mb: int = Field(100, ge=1, le=4096, description="Largest file a partner may send, in megabytes.")
    max_rows: int = Field(2_000_000, ge=1000, description="Most rows one delivery may hold.")
    quiet_hour: int = Field(4, ge=0, le=23, description="Local hour at which an unattended screen reloads.")
    log_format: Literal["lines", "json"] = Field("lines", description="How log lines are written.")
    small_count_threshold: int = Field(
        5, ge=1, le=100, description="Counts of protected cells below this are masked for the open audience."
    )
    public_url: str = Field("", description="Address of this server as phones reach it, for the links in notices.")
    channel_hosts: str = Field(
        "",
        description="Hosts and networks of your own that notices may go to, with commas between them; others must be "
        "out on the internet.",
    )

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{(self.var / 'caudal.sqlite').absolute()}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


class WrongSetting(Exception):
    """The start stops: the sentence names the setting, the value that came and what was expected."""


def load_settings() -> Settings:
    names = {f"CAUDAL_{name.upper()}" for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith("CAUDAL_") and name not in names)
    if unknown:
        raise WrongSetting(
            f"{unknown[0]}={os.environ[unknown[0]]!r}: no such setting; 'caudal doctor --settings' lists them all"
        )
    try:
        return Settings()  # every field has a default
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = "CAUDAL_" + "_".join(str(part) for part in first["loc"]).upper()
        raise WrongSetting(f"{name}={first.get('input')!r}: {first['msg']}") from None
