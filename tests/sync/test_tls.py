"""Certificates against a real TLS server on this machine: each thing that can be wrong has its own word."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.errors import PlatformFault
from sync.courier import Courier
from sync.faults import ConfigFault
from sync.pace import Pace
from sync.platform import Platform
from sync.sandbox.server import Https, Sandbox, serve
from sync.tls import Trust, context_of
from tests.sync.authority import DAY, Authority
from tests.sync.books import WIRE, TinyBooks, event
from tests.sync.scripted import Reply, scripted

WORDS = Path(__file__).resolve().parents[2] / "resources" / "words"
Serve = Callable[..., Sandbox]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def ours(folder: Path) -> Authority:
    return Authority(folder)


@pytest.fixture
def https() -> Iterator[Serve]:
    running: list[Sandbox] = []

    def start(certificate: tuple[Path, Path], client_ca: Path | None = None) -> Sandbox:
        running.append(serve(https=Https(*certificate, client_ca)))
        return running[-1]

    yield start
    for server in running:
        server.stop()


def greet(url: str, **trust: object) -> object:
    platform = Platform(url, trust=lambda: Trust(**{name: str(value) for name, value in trust.items()}))
    try:
        return platform.options()
    finally:
        platform.close()


def word(url: str, **trust: object) -> str:
    with pytest.raises(ConfigFault) as caught:
        greet(url, **trust)
    said = str(caught.value) + repr(caught.value.params)
    assert "BEGIN" not in said and "secret" not in said
    for language in ("zh_CN", "en"):
        texts = json.loads((WORDS / language / "security.json").read_text("utf-8"))
        assert texts[caught.value.code].strip(), language
    return caught.value.code


def test_an_authority_that_the_settings_name_vouches(https: Serve, ours: Authority) -> None:
    server = https(ours.issue("good"))
    assert server.url.startswith("https://127.0.0.1:")
    assert greet(server.url, ca_file=ours.path)


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("expired", {"start": -9 * DAY, "end": -DAY}, "platform_certificate_expired"),
        ("early", {"start": DAY, "end": 9 * DAY}, "platform_certificate_early"),
        ("elsewhere", {"host": "platform.example"}, "platform_certificate_host"),
        ("self", {"self_signed": True}, "platform_certificate_self_signed"),
    ],
)
def test_what_is_wrong_with_it_is_said(
    https: Serve, ours: Authority, name: str, change: dict[str, timedelta], code: str
) -> None:
    server = https(ours.issue(name, **change))  # type: ignore[arg-type]
    assert word(server.url, ca_file=ours.path) == code


def test_an_authority_that_the_system_does_not_know(https: Serve, ours: Authority) -> None:
    assert word(https(ours.issue("unknown")).url) == "platform_certificate_unknown"


def test_where_an_authority_is_named_no_other_one_may_vouch(
    https: Serve, ours: Authority, folder: Path
) -> None:
    other = Authority(folder, "other")
    assert word(https(other.issue("stranger")).url, ca_file=ours.path) == "platform_certificate_unknown"


def test_mutual_tls(https: Serve, ours: Authority, folder: Path) -> None:
    server = https(ours.issue("strict"), ours.path)
    known = {"ca_file": ours.path}
    cert, key = ours.issue("workstation")
    assert greet(server.url, **known, cert_file=cert, key_file=key)
    both = folder / "both.pem"
    both.write_bytes(cert.read_bytes() + key.read_bytes())
    assert greet(server.url, **known, cert_file=both)
    with pytest.raises(
        PlatformFault
    ):  # asyncio drops the alert: all that the client sees is a line that ends
        greet(server.url, **known)


@pytest.fixture
def strict(ours: Authority) -> Iterator[str]:
    """A server that refuses clients as OpenSSL does, by an alert."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*ours.issue("alerting"))
    context.load_verify_locations(ours.path)
    context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with suppress(OSError):
            while True:
                line, _ = listener.accept()
                with suppress(OSError), line, context.wrap_socket(line, server_side=True) as secure:
                    secure.recv(10_000)
                    secure.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def test_a_server_that_wants_a_certificate_or_another_one(strict: str, ours: Authority, folder: Path) -> None:
    known = {"ca_file": ours.path}
    assert word(strict, **known) == "platform_wants_certificate"
    foreign, key = Authority(folder, "foreign").issue("foreigner")
    assert word(strict, **known, cert_file=foreign, key_file=key) == "platform_wants_certificate"
    late, key = ours.issue("late-client", start=-9 * DAY, end=-DAY)
    assert word(strict, **known, cert_file=late, key_file=key) == "platform_wants_certificate"
    cert, key = ours.issue("known-client")
    assert greet(strict, **known, cert_file=cert, key_file=key)


def test_a_web_server_that_says_so_in_a_page() -> None:
    page = b"<html><head><title>400 No required SSL certificate was sent</title></head></html>"
    with scripted(Reply(400, page, {"Content-Type": "text/html"})) as server:
        assert word(server.url) == "platform_wants_certificate"


def test_a_locked_key_wants_its_passphrase(strict: str, ours: Authority) -> None:
    cert, key = ours.issue("locked", passphrase="secret")
    files = {"ca_file": ours.path, "cert_file": cert, "key_file": key}
    assert greet(strict, **files, passphrase="secret")
    for wrong in ({}, {"passphrase": "secretly wrong"}):
        assert word(strict, **files, **wrong) == "platform_client_key_locked"


def test_files_that_will_not_do_are_said(tmp_path: Path, ours: Authority) -> None:
    junk = tmp_path / "junk.pem"
    junk.write_text("no certificate")
    cert, _ = ours.issue("mine")
    _, another = ours.issue("another")
    url = "https://127.0.0.1:9"
    assert word(url, ca_file=junk) == "platform_ca_file"
    assert word(url, ca_file=tmp_path / "absent.pem") == "platform_ca_file"
    assert word(url, cert_file=junk) == "platform_client_files"
    assert word(url, cert_file=tmp_path / "absent.pem") == "platform_client_files"
    assert word(url, cert_file=cert, key_file=another) == "platform_client_files"


def test_old_protocols_are_not_spoken_and_the_check_is_never_off() -> None:
    context = context_of(Trust())
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


def test_a_bad_certificate_pauses_delivery_and_loses_nothing(https: Serve, ours: Authority) -> None:
    server = https(ours.issue("late", start=-9 * DAY, end=-DAY))
    good = https(ours.issue("fresh"))
    books = TinyBooks()
    try:
        for seq in range(1, 4):
            books.add(event(seq))
        pace = Pace(first=0.05, limit=0.1, settle=0.0, patience=5.0)
        trust = Trust(ca_file=str(ours.path))
        result = Courier(books.run, Platform(server.url, trust=lambda: trust), WIRE, pace).drain()
        assert (result.why, result.pending, result.accepted) == ("platform_certificate_expired", 3, 0)
        assert set(books.states().values()) == {"pending"}
        assert Courier(books.run, Platform(good.url, trust=lambda: trust), WIRE, pace).drain().accepted == 3
    finally:
        books.close()


def test_a_passphrase_is_never_shown() -> None:
    assert "secret" not in repr(Trust(passphrase="secret"))
    assert issubclass(ConfigFault, PlatformFault)
