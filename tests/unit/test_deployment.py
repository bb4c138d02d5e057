"""What the deployment files say fits the code, and each other."""

import re
import subprocess
from functools import cache
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import trustme
import yaml
from django.conf import settings
from django.urls import resolve, reverse

from jobs.api import event_stream
from jobs.limits import MIB
from jobs.management.commands import serve
from jobs.supervision import reconciler, supervisor
from tests.server import ROOT
from tests.servers.nginx import Nginx
from tests.servers.program import Missing, needed, path_of
from tests.unit.test_docs import settings_read

DOCKERFILE = (ROOT / "Dockerfile").read_text()
NGINX = (ROOT / "deploy" / "nginx.conf").read_text()
UNIT = ROOT / "deploy" / "pdfjobs.service"
OURS = ("web", "workers")


@cache
def compose() -> dict[str, Any]:
    described: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return described


def service(name: str) -> dict[str, Any]:
    described: dict[str, Any] = compose()["services"][name]
    return described


def unit(name: str) -> str:
    """What the systemd unit says for `name`, the last time that it says something."""
    return str(re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)[-1])


def arguments_of_serve(words: list[str]) -> dict[str, Any]:
    assert words[0] == "serve"
    return vars(serve.Command().create_parser("manage.py", "serve").parse_args(words[1:]))


def seconds(said: str) -> float:
    return float(said.removesuffix("s"))


def nginx_says(name: str) -> str:
    """The only value of the directive `name`."""
    (value,) = re.findall(rf"^\s*{name} (.+?);", NGINX, re.MULTILINE)
    return str(value)


# --- settings and commands ---


@pytest.mark.parametrize("name", OURS)
def test_it_sets_what_the_settings_read(name: str) -> None:
    said = {variable.removesuffix("_FILE") for variable in service(name)["environment"]}
    assert sorted(said - settings_read()) == []


def test_it_sets_in_unit_and_image_what_the_settings_read() -> None:
    said = set(re.findall(r"\b(?:PDFJOBS|AWS)_\w+", DOCKERFILE + UNIT.read_text()))
    assert sorted(said - settings_read()) == []


@pytest.mark.parametrize("name", OURS)
def test_it_runs_commands_that_are_there(name: str) -> None:
    asked = arguments_of_serve(service(name)["command"])
    assert (asked["web_only"], asked["workers_only"]) == (name == "web", name == "workers")


def test_it_runs_the_whole_server_in_an_image_alone() -> None:
    said = re.search(r"^CMD \[(.+)\]$", DOCKERFILE, re.MULTILINE)
    assert said
    assert arguments_of_serve([word.strip(' "') for word in said[1].split(",")])["host"] == "0.0.0.0"


def test_it_starts_serve_under_systemd() -> None:
    words = unit("ExecStart").replace("$SERVE", "--workers-only").split()
    assert words[1] == "manage.py"
    assert arguments_of_serve(words[2:])["workers_only"]


# --- the image ---


def copied() -> list[str]:
    return [said.split()[0] for said in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)]


def test_it_copies_the_whole_program_and_nothing_else() -> None:
    assert sorted(copied()) == sorted(["requirements.txt", "manage.py", "pdfjobs_site", "jobs", "templates"])
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert sorted(line[1:] for line in ignored if line.startswith("!")) == sorted(copied())
    assert ignored[1] == "*"


def test_it_installs_what_runs_and_no_test_tools() -> None:
    said = re.search(r"sed '(.+?)' requirements.txt", DOCKERFILE)
    assert said
    shown = subprocess.run(
        ["sed", said[1], ROOT / "requirements.txt"], capture_output=True, text=True, check=True
    ).stdout
    packages = {re.split(r"[=~>]", line)[0] for line in shown.splitlines() if line and not line.startswith("#")}
    assert {"django", "django-q2", "uvicorn", "pymupdf", "rapidocr", "psycopg[binary,pool]", "redis"} <= packages
    assert not packages & {"pytest", "ruff", "mypy", "moto", "playwright"}


def test_it_does_not_run_as_root() -> None:
    assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", DOCKERFILE, re.MULTILINE)
    assert "user" not in service("web")
    assert service("proxy")["user"] == "101:101"


@pytest.mark.parametrize("name", [*OURS, "proxy", "postgres", "redis"])
def test_it_has_read_only_file_systems(name: str) -> None:
    assert service(name)["read_only"]
    assert any(place.startswith("/") for place in service(name)["tmpfs"])


# --- ports and addresses ---


def test_it_has_one_door() -> None:
    (door,) = [name for name, said in compose()["services"].items() if "ports" in said]
    (published,) = service(door)["ports"]
    assert (door, published.rpartition(":")[2]) == ("proxy", nginx_says("listen"))
    assert "proxy" not in {name for name in compose()["services"] if "inside" in service(name)["networks"]}


def test_it_agrees_on_the_port_of_the_server() -> None:
    port = serve._PORT
    assert f"EXPOSE {port}\n" in DOCKERFILE
    assert f"http://127.0.0.1:{port}/" in DOCKERFILE
    assert nginx_says(r"set \$web") == f"http://web:{port}"


def test_it_asks_for_health_where_there_is_an_answer() -> None:
    asked = re.findall(r"http://127.0.0.1:80[08]0([^'\"]+)", DOCKERFILE + str(service("proxy")["healthcheck"]))
    assert asked == ["/api/health/live"] * 2
    assert resolve(asked[0]).url_name == "health-live"


def test_it_looks_for_the_heartbeat_of_workers_where_it_is() -> None:
    folder = service("workers")["environment"]["PDFJOBS_DATA_DIR"]
    assert f"'{folder}/{settings.RUN_DIR.name}/{reconciler.HEARTBEAT}'" in service("workers")["healthcheck"]["test"][-1]


@pytest.mark.parametrize("name", OURS)
def test_it_reaches_what_it_waits_for(name: str) -> None:
    said = service(name)["environment"]
    hosts = set(re.findall(r"//(\w+):\d+", f"{said['REDIS_URL']} {said['AWS_S3_ENDPOINT_URL']}")) | {"postgres"}
    assert hosts == set(service(name)["depends_on"])
    assert all("healthcheck" in service(host) for host in hosts)


# --- secrets ---


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A folder in which the secrets were made."""
    script = Path(copy(ROOT / "deploy" / "make_secrets", tmp_path))
    subprocess.run([script], check=True)
    return tmp_path / "secrets"


def test_it_makes_all_secrets(made: Path) -> None:
    named = {Path(said["file"]).name for said in compose()["secrets"].values()}
    assert named == set(compose()["secrets"]) == {path.name for path in made.iterdir()}
    assert (made / "postgres_password").read_text() in (made / "database_url").read_text()
    assert all(len(path.read_text().strip()) >= 50 for path in made.iterdir())


def test_it_lets_only_containers_read_secrets(made: Path) -> None:
    assert made.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in made.iterdir()} == {0o644}


def test_it_keeps_secrets_that_are_there(made: Path) -> None:
    before = {path.name: path.read_text() for path in made.iterdir()}
    subprocess.run([made.parent / "make_secrets"], check=True)
    assert {path.name: path.read_text() for path in made.iterdir()} == before


def test_it_hands_out_each_secret_that_it_names() -> None:
    for name, said in compose()["services"].items():
        files = set(re.findall(r"/run/secrets/(\w+)", str(said)))
        assert files == set(said.get("secrets", ())), name


# --- stopping ---


def test_it_gives_the_server_time_to_stop() -> None:
    needed = supervisor.STOP_S + 10
    assert seconds(service("web")["stop_grace_period"]) >= needed
    assert seconds(unit("TimeoutStopSec")) >= needed
    assert (unit("KillMode"), unit("OOMPolicy")) == ("mixed", "continue")


def test_it_is_a_sound_unit(tmp_path: Path) -> None:
    try:
        verify = path_of("systemd-analyze", "systemd")
    except Missing as missing:
        pytest.skip(str(missing))
    fitted = tmp_path / UNIT.name
    fitted.write_text(UNIT.read_text().replace("/opt/pdfjobs/.venv/bin/python", "/bin/true"))
    said = subprocess.run([verify, "verify", fitted], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, ""), said.stderr


# --- the proxy ---


def test_it_leaves_the_size_of_uploads_to_the_server_and_bounds_the_rest() -> None:
    everywhere, uploads = re.findall(r"client_max_body_size (\w+);", NGINX)
    assert (everywhere, uploads) == ("4m", "0")
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE < 4 * MIB
    (pattern,) = re.findall(r"location ~ (\S+) \{", NGINX)
    for path in (reverse("upload"), reverse("upload-form")):
        assert re.search(pattern, path), path


def test_it_lets_streams_live() -> None:
    quiet = max(event_stream._KEEP_ALIVE_S, 30)
    assert seconds(nginx_says("proxy_read_timeout")) > 2 * quiet
    assert nginx_says("proxy_buffering") == "off"


def test_it_says_itself_where_requests_come_from() -> None:
    assert service("web")["environment"]["PDFJOBS_TRUSTED_PROXIES"] == 1
    assert nginx_says("proxy_set_header X-Forwarded-For") == "$remote_addr"
    assert nginx_says("proxy_set_header X-Forwarded-Proto") == "$scheme"


@pytest.mark.parametrize("tls", [False, True])
def test_it_is_a_configuration_that_nginx_takes(tls: bool) -> None:
    with TemporaryDirectory(prefix="pdfjobs-nginx-") as folder:
        with needed():
            nginx = Nginx(Path(folder), behind=[1, 2])
        if tls:
            certificate = trustme.CA().issue_cert("pdf.example.org")
            certificate.private_key_and_cert_chain_pem.write_to_path(nginx.tls / "fullchain.pem")
            certificate.private_key_pem.write_to_path(nginx.tls / "privkey.pem")
            example = (ROOT / "deploy" / "tls" / "tls.conf.example").read_text()
            (nginx.tls / "tls.conf").write_text(example.replace("/etc/nginx/tls", str(nginx.tls)))
        said = nginx.check()
    assert said.returncode == 0, said.stderr
    assert "warn" not in said.stderr
