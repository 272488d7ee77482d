"""Our documents before a validator that nobody of us wrote: npm's epcis2.js. Only with --long: it is fetched first.

A plain install of it fails on one of its dependencies, which the override replaces.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.test_epcis_schema import written
from tests.conformance.test_mutations import FORMATS_MATTER, MUTATIONS

VERSION = "2.7.3"
GOLDEN = Path(__file__).resolve().parents[1] / "golden"
_PACKAGE = {
    "name": "check",
    "private": True,
    "dependencies": {"epcis2.js": VERSION},
    "overrides": {"fs": "npm:is-plain-object@5.0.0"},
}
_CHECK = """
const fs = require('fs');
const { validateEpcisDocument } = require('epcis2.js');
for (const file of fs.readdirSync(process.argv[2])) {
  let told;
  try { told = validateEpcisDocument(JSON.parse(fs.readFileSync(process.argv[2] + '/' + file, 'utf8'))); }
  catch (error) { told = { success: false, errors: [String(error)] }; }
  console.log(JSON.stringify({ file, ...told }));
}
"""

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def validator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which it is installed."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("no node and npm on this machine")
    folder = tmp_path_factory.mktemp("epcis2js")
    (folder / "package.json").write_text(json.dumps(_PACKAGE))
    (folder / "check.cjs").write_text(_CHECK)
    command = [npm, "install", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300)
    if done.returncode:
        pytest.skip(f"epcis2.js {VERSION} cannot be installed: {done.stderr.decode()[-200:]}")
    return folder


def verdicts(validator: Path, documents: Path) -> dict[str, dict[str, Any]]:
    command = ["node", "check.cjs", str(documents)]
    done = subprocess.run(command, cwd=validator, capture_output=True, check=True, timeout=300)
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")]
    return {one["file"]: one for one in told}


def test_it_takes_our_golden_documents_and_all_that_delivery_writes(validator: Path, tmp_path: Path) -> None:
    for path in GOLDEN.glob("*.jsonld"):
        shutil.copy(path, tmp_path)
    for path in written(tmp_path.parent / "written"):
        shutil.copy(path, tmp_path / f"written-{path.name}")
    told = verdicts(validator, tmp_path)
    assert len(told) > 28 + 5
    assert not {name: one["errors"][:2] for name, one in told.items() if not one["success"]}


def test_it_is_no_yes_man(validator: Path, tmp_path: Path) -> None:
    for name in FORMATS_MATTER:
        (tmp_path / f"{name}.json").write_text(json.dumps(MUTATIONS[name]))
    told = verdicts(validator, tmp_path)
    # It takes times without offset and with a blank, in which it differs from GS1's schema.
    assert {name for name, one in told.items() if one["success"]} <= {"time without offset.json"}
    assert len(told) == len(FORMATS_MATTER)
