"""Image and compose file, as far as can be tried without Docker: what they name is there, and it starts."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from streamlit import config as streamlit_config

from dashboard.config import Settings

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
PATIENCE_SECONDS = 60


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the lines of a Dockerfile, continued ones joined, each as its instruction and the rest."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in joined.splitlines() if line.strip()]


def values(instruction: str) -> list[str]:
    return [rest for name, rest in instructions(DOCKERFILE) if name == instruction]


def copied() -> list[str]:
    """Return what the image takes from this folder."""
    sources = [shlex.split(rest)[:-1] for rest in values("COPY") if not rest.startswith("--from")]
    return [source for each in sources for source in each]


def environment() -> dict[str, str]:
    return dict(part.split("=", 1) for rest in values("ENV") for part in shlex.split(rest))


def command(instruction: str) -> list[str]:
    (rest,) = values(instruction)
    return list(json.loads(rest[rest.index("[") :]))


def test_every_image_has_an_exact_version() -> None:
    built = [rest.split()[0] for rest in values("FROM")]
    used = [service["image"] for service in COMPOSE["services"].values()]
    for image in (*built, *used):
        tag = image.rpartition(":")[2]
        assert re.search(r"\d+\.\d+", tag) and tag != "latest", image


def test_all_that_goes_into_the_image_exists_and_is_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_through = {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored and set(copied()) == let_through
    for source in copied():
        assert (ROOT / source).exists(), source
    assert not any(name in let_through for name in (".env", ".git", "data/local", ".streamlit"))


def test_nothing_runs_as_root_or_can_become_it() -> None:
    assert values("USER") == ["10001:10001"]
    assert instructions(DOCKERFILE).index(("USER", "10001:10001")) > max(
        at for at, (name, _) in enumerate(instructions(DOCKERFILE)) if name in ("RUN", "COPY")
    )
    for name, service in COMPOSE["services"].items():
        assert service["user"] not in ("root", "0", 0), name
        assert service["cap_drop"] == ["ALL"], name
        assert service["read_only"] is True, name
        assert "no-new-privileges:true" in service["security_opt"], name


def test_the_database_is_reached_from_inside_only_and_the_app_through_a_proxy() -> None:
    app, database = COMPOSE["services"]["app"], COMPOSE["services"]["database"]
    assert "ports" not in database and database["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert all(port.startswith("127.0.0.1:") for port in app["ports"])
    assert app["depends_on"]["database"]["condition"] == "service_healthy"
    gateway = COMPOSE["networks"]["outside"]["ipam"]["config"][0]["gateway"]
    assert app["environment"]["FORWARDED_ALLOW_IPS"] == gateway
    assert gateway in app["environment"]["VEREDITO_TRUSTED_PROXIES"].split(",")


def test_everything_has_a_health_check_and_keeps_what_matters_in_a_volume() -> None:
    assert values("HEALTHCHECK") and "healthcheck" in COMPOSE["services"]["database"]
    assert values("VOLUME") == ["/data"] == [environment()["VEREDITO_DATA_DIR"]]
    kept = [volume for service in COMPOSE["services"].values() for volume in service["volumes"]]
    assert {volume.partition(":")[0] for volume in kept} == set(COMPOSE["volumes"])


def test_no_secret_is_written_down() -> None:
    for name, value in re.findall(r"^#?(\w*(?:KEY|SECRET|PASSWORD))=(.*)$", EXAMPLE, re.MULTILINE):
        assert value == "", name
    for service in COMPOSE["services"].values():
        for name, value in service["environment"].items():
            if name.endswith(("KEY", "SECRET", "PASSWORD")):
                assert str(value).startswith("${"), name
    assert not any(name.endswith(("KEY", "SECRET", "PASSWORD")) for name in environment())


def test_every_setting_that_is_named_exists() -> None:
    texts = [DOCKERFILE, EXAMPLE, (ROOT / "compose.yaml").read_text(encoding="utf-8")]
    texts += [(ROOT / "docs/deployment.md").read_text(encoding="utf-8")]
    options = {option.env_var for option in streamlit_config.get_config_options().values()}
    for text in texts:
        named = set(re.findall(r"VEREDITO_([A-Z_]+)", text))
        assert {name.lower() for name in named} <= set(Settings.model_fields)
        assert set(re.findall(r"STREAMLIT_[A-Z_]+", text)) <= options


def test_who_is_let_in_is_decided_before_the_server_listens_beyond_this_machine() -> None:
    assert environment()["VEREDITO_AUTH"] != "open"
    shipped = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    assert shipped["server"]["address"] == "127.0.0.1"


def test_the_command_of_the_image_starts_a_server_that_its_health_check_finds_well(tmp_path: Path) -> None:
    image = tmp_path / "app"
    for source in copied():
        (image / source).parent.mkdir(parents=True, exist_ok=True)
        (image / source).symlink_to(ROOT / source)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    # The same but for what a test may not do: listen beyond this machine, write to /data.
    own = {
        **environment(),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "VEREDITO_DATA_DIR": str(tmp_path / "data"),
        "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
        "STREAMLIT_SERVER_PORT": port,
    }
    log = tmp_path / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(command("CMD"), cwd=image, env=own, stdout=output, stderr=output)
    try:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not listens(port):
            assert server.poll() is None and time.monotonic() < give_up, log.read_text()
        check = command("HEALTHCHECK")
        assert subprocess.run(check, cwd=image, env=own, check=False).returncode == 0, log.read_text()
        (tmp_path / "data" / "veredito.db").write_bytes(b"garbage" * 1000)
        with pytest.raises(subprocess.CalledProcessError):
            for _ in range(1000):
                subprocess.run(check, cwd=image, env=own, check=True, capture_output=True)
    finally:
        server.terminate()
        server.wait(PATIENCE_SECONDS)


def listens(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
