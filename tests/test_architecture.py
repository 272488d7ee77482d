"""The promises about the shape of the code: who imports whom, and what a start does not load."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ["cv2", "numpy", "httpx", "sqlite_utils", "uvicorn", "starlette", "pyzbar", "zxingcpp", "PySide6"]


def test_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def loaded_after(statement: str) -> set[str]:
    code = f"import sys, json; {statement}; print(json.dumps([n for n in {HEAVY!r} if n in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "statement",
    [
        "import desktop.commands.root",
        "import desktop.commands.capture",
        "import desktop.commands.identify",
        "import desktop.commands.sync",
        "import desktop.station",
    ],
)
def test_commands_load_nothing_heavy(statement: str) -> None:
    assert loaded_after(statement) == set()


def test_the_window_loads_nothing_heavy_before_it_is_painted() -> None:
    assert loaded_after("import desktop.app") == {"PySide6"}


def test_a_capture_without_a_window_loads_no_qt_and_no_network(tmp_path: Path) -> None:
    script = (
        "from desktop.commands.root import main\n"
        "try: main(['receive', '--home', sys.argv[1], '01095212340000131728013110L1<GS>21S1'])\n"
        "except SystemExit as stop: assert not stop.code, stop.code\n"
    )
    code = f"import sys, json\n{script}\nprint(json.dumps([n for n in {HEAVY!r} if n in sys.modules]))"
    first, second = (
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for _ in range(2)
    )
    # The first start makes the tables with sqlite-utils (which loads numpy), the second finds them.
    assert set(json.loads(first.stdout.splitlines()[-1])) <= {"sqlite_utils", "numpy"}
    assert json.loads(second.stdout.splitlines()[-1]) == []


def test_the_repository_speaks_of_the_product_alone() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("no git checkout")
    forbidden = re.compile(r"/(?:work|farm|tmp/bash_jobs)/|pypi\.(?:org|tuna)|/root/|\bmock_qt\b")
    found = []
    for name in listed.stdout.split("\n"):
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".json", ".csv", ".css", "") and path.is_file():
            if path == Path(__file__):
                continue
            text = path.read_text("utf-8", "replace")
            found += [f"{name}: {match.group()}" for match in forbidden.finditer(text)]
    assert not found
