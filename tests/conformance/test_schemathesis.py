"""The sandbox against GS1's own OpenAPI description, for the operations that it offers; schemathesis asks.

A bounded number of requests by default, many more with --long. A question that it does not know is answered with
400, as the standard wants it (EPCIS 2.0 section 8.2.7.1); GS1's description forgets to list that.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.sandbox.server import Sandbox, serve
from tests.shared import needs_shared, shared

OFFERED = {
    "/capture": {"options", "post", "get"},
    "/capture/{captureID}": {"get"},
    "/events": {"get"},
}
"""What the sandbox offers of EPCIS."""
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)

pytestmark = [needs_shared, pytest.mark.timeout(900)]


@pytest.fixture
def server() -> Iterator[Sandbox]:
    running = serve()
    yield running
    running.stop()


def described() -> dict[str, Any]:
    """GS1's description, cut to what is offered."""
    whole: dict[str, Any] = json.loads(shared("data/epcis/openapi.patched.json").read_text("utf-8"))
    verbs = {"get", "post", "put", "delete", "options"}
    whole["paths"] = {
        path: {
            name: value
            for name, value in whole["paths"][path].items()
            if name in methods or name not in verbs
        }
        for path, methods in OFFERED.items()
    }
    for path in ("/events", "/capture"):
        said = {"description": "a parameter that is not known", "content": {"application/problem+json": {}}}
        whole["paths"][path]["get"]["responses"]["400"] = said
    return whole


def test_the_sandbox_keeps_to_the_description(server: Sandbox, tmp_path: Path, long_run: bool) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(described()))
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", "openapi.json", "--url", server.url,
        "--checks", ",".join(CHECKS), "--max-examples", "60" if long_run else "6",
        "--phases", "examples,coverage,fuzzing" if long_run else "fuzzing",
        "--seed", "7", "--no-color", "--warnings", "off",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=850)
    said = done.stdout.decode() + done.stderr.decode()
    print(said[-1500:])
    assert done.returncode == 0, said[-6000:]
    assert "5 selected / 5 total" in said
