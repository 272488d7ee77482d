"""The packs of the demo: what is printed on them, and what must come of scanning them.

Dates move with the day, so that the near-expiry pack is near its expiry whenever the demo runs. The products,
the site and the partner are invented; the GTINs stand in GS1's range for examples.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ledger.capture import Outcome


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of a scan."""

    outcome: Outcome
    problem: str = ""
    """Code word that must be among the problems; empty: not looked at."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One photograph of the demo."""

    file: str
    symbology: str
    """Name of the symbology as zxing-cpp spells it; empty for a picture without a code."""
    content: str
    """What is encoded; GS1 element strings in brackets."""
    caption: str
    receive: Expected | None
    """What receiving it must give; None where there is nothing to read."""
    dispense: Expected | None = None
    """What dispensing it must give afterwards; None when the demo does not dispense it."""
    lot: str = ""
    expiry: date | None = None
    """What the label says where the code does not, typed when the program asks."""
    angle: float = 0.0


ACCEPTED, REPEATED = Expected(Outcome.ACCEPTED), Expected(Outcome.REPEATED)


def _refused(problem: str) -> Expected:
    return Expected(Outcome.REFUSED, problem)


def samples(today: date) -> tuple[Sample, ...]:
    """All samples in the order in which the camera sees them."""
    later, soon, gone = today + timedelta(days=540), today + timedelta(days=20), today - timedelta(days=40)

    def gs1(gtin: str, serial: str, expiry: date, lot: str = "AB-123") -> str:
        return f"(01){gtin}(17){expiry:%y%m%d}(10){lot}(21){serial}"

    mab, drops, tablets = "09521234000013", "09521234000020", "09521234000037"
    link = f"https://id.gs1.org/01/{tablets}/10/T-7/21/Q7w%2F19?17={later:%y%m%d}"
    return (
        Sample("01-mab.png", "DataMatrix", gs1(mab, "A1B2C3D4E5", later), "Demo Mab", ACCEPTED, ACCEPTED),
        Sample("02-mab-tilted.png", "DataMatrix", gs1(mab, "a1b2c3d4e5", later), "Mab", ACCEPTED, angle=37),
        Sample("03-mab-again.png", "DataMatrix", gs1(mab, "A1B2C3D4E5", later), "Demo Mab", REPEATED, angle=180),
        Sample("04-drug-code.png", "Code128", "83386520001941653320", "Polyvinyl Alcohol Eye Drops",
               Expected(Outcome.ASKED, "expiry_unknown_receive"), ACCEPTED, lot="1AK2003", expiry=later),
        Sample("05-drug-code-same-lot.png", "Code128", "83386520001941664417", "PVA Eye Drops",
               ACCEPTED, lot="1AK2003", angle=4),
        Sample("06-tablets-link.png", "QRCode", link, "Demo Tablets", ACCEPTED, ACCEPTED, angle=12),
        Sample("07-drops-expired.png", "DataMatrix", gs1(drops, "X-0001", gone, "E1"), "Demo Eye Drops",
               Expected(Outcome.ACCEPTED, "expired_to_quarantine"), _refused("pack_quarantined")),
        Sample("08-drops-near-expiry.png", "DataMatrix", gs1(drops, "X-0002", soon, "E2"), "Demo Eye Drops",
               Expected(Outcome.ACCEPTED, "near_expiry"), Expected(Outcome.ASKED, "near_expiry"), angle=-20),
        Sample("09-drops-dotless.png", "DataMatrix", gs1(drops, "X-0003", later, "E3"), "Demo Eye Drops", ACCEPTED),
        Sample("10-case.png", "Code128", "(00)095212340000000013", "Case, 24 packs",
               Expected(Outcome.ACCEPTED, "case_not_expanded"), _refused("case_at_counter")),
        Sample("11-commodity-code.png", "EAN13", "6925265101481", "69 code", _refused("commodity_code")),
        Sample("12-nineteen-digits.png", "Code128", "8338652000194165332", "19 digits", _refused("wrong_length")),
        Sample("13-standard-code.png", "Code128", "86901234567898", "Standard", _refused("standard_code")),
        Sample("14-veterinary-code.png", "Code128", "202601150123456789012345", "Vet", _refused("veterinary_code")),
        Sample("15-web-address.png", "QRCode", "https://www.example.com/leaflet?p=1", "Web", _refused("web_address")),
        Sample("16-no-code.png", "", "", "Back of the box", None),
    )  # fmt: skip


def stranger(today: date) -> Sample:
    """A pack that comes to the counter without ever having been received here."""
    content = f"(01)09521234000037(17){today + timedelta(days=300):%y%m%d}(10)T-8(21)N0T-HERE"
    asked = Expected(Outcome.ASKED, "not_received")
    return Sample("17-from-elsewhere.png", "DataMatrix", content, "Demo Tablets", None, asked)
