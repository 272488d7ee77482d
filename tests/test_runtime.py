"""The PySide6 that is installed survives a shift: 6.12.0 on Python 3.11 loses a reference to None on every call.

In a process of its own, because where it fails the interpreter aborts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

SHIFT = """
import json, sys
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QLabel

class Bell(QObject):
    rung = Signal(int)
    yes = Signal(bool)

class Ear(QObject):
    heard = 0
    @Slot(int)
    def hear(self, number):
        self.heard += 1

app = QApplication([])
label, bell, ear = QLabel(), Bell(), Ear()
bell.rung.connect(ear.hear)

def shift(times):
    for number in range(times):
        label.setText(str(number))
        if number % 4 == 0:
            bell.rung.emit(number)
            bell.yes.emit(True)

shift(2_000)
before = sys.getrefcount(None), sys.getrefcount(True)
shift(20_000)
after = sys.getrefcount(None), sys.getrefcount(True)
print(json.dumps({"none": after[0] - before[0], "true": after[1] - before[1], "heard": ear.heard}))
"""


def test_a_shift_of_calls_and_signals_keeps_the_references_of_none_and_true() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHIFT],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["heard"] == 5_500
    # 20,000 calls and 10,000 emits lost one each; immortal objects (Python 3.12) do not count at all.
    assert abs(found["none"]) < 200
    assert abs(found["true"]) < 200
