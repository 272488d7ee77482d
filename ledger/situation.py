"""What a decision is made from and what can come of it.

Capture gathers a `Situation` and hands it with the person's `Intent` to the rules, which answer with a
`Decision`. Only values: nothing here looks anything up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger.codes.code import Code, Problem
from ledger.event import DocumentRef, Event, EventKind, PackFacts
from ledger.pack import Pack, State

if TYPE_CHECKING:
    from ledger.approval import Standing
    from ledger.catalog import Product
    from ledger.expectation import Expectation
    from ledger.prescription import Prescription, Supply
    from ledger.recalls import Recall
    from ledger.trees import Child


@dataclass(frozen=True, slots=True)
class Policy:
    """What the site has decided; `note`, `ask` or `stop` where a word is wanted."""

    near_expiry_days: int = 30
    """A pack that expires within so many days is near expiry at the counter."""
    near_expiry: str = "ask"
    receive_near_expiry_days: int = 180
    """The same for a delivery, which is only noted."""
    unknown_product: str = "note"
    no_document: str = "note"
    repeat_seconds: int = 120
    """A pack dispensed so recently by the same person at this device was only scanned twice."""
    undo_days: int = 10
    """A dispense older than this is still undone, but the pack goes to quarantine (EU FMD: 10 days)."""
    fefo: str = "ask"
    """A pack of the same product that expires earlier lies on the shelf."""
    early_refill: str = "ask"
    """The patient comes for the product again long before the last supply has run out."""
    early_refill_days: int = 7
    """So many days before its end a new supply is no early refill."""
    opened_days: int = 0
    """Days within which an opened pack is to be used where the product does not say; 0: no limit."""


@dataclass(frozen=True, slots=True)
class TakeOut:
    """Medicine that leaves the zone with the patient (离园带药)."""

    weeks: int
    filing: str = ""
    """Number of the filing with the zone's authority."""
    consent: bool = False
    assessed: bool = False
    """The hospital has assessed the patient, wanted above four weeks."""
    signed: bool = False
    """The patient has signed, wanted above four weeks."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What the person is doing, and the answers already given to what would be asked."""

    verb: EventKind
    operator: str
    documents: tuple[DocumentRef, ...] = ()
    partner: str | None = None
    """GLN of the other side: the supplier, or the site of a transfer."""
    reason: str | None = None
    second: str | None = None
    """The second person, already verified as another one with the right to be it."""
    lot: str | None = None
    """Lot read from the label by a person."""
    expiry: date | None = None
    """Expiry read from the label by a person: the last day of use."""
    expiry_precision: str | None = None
    quantity: int | None = None
    """Units of a split pack, or packs without serial; None: one whole pack."""
    units: int | None = None
    """Units in a full pack, told by the person who opens the first one."""
    damaged: str | None = None
    """`damaged` or `temperature`: the pack arrived in no fit state."""
    place: str | None = None
    """Where the pack is put."""
    parent: Code | None = None
    """The case that the pack is put into."""
    label: Code | None = None
    """The other code that is put on the pack."""
    missing: bool = False
    """COUNT: the pack is not where it should be."""
    apart: bool | None = None
    """Goods without serial: those set apart in quarantine are meant (True) or those on the shelf (False)."""
    patient: str | None = None
    """Pseudonym of the patient."""
    take_out: TakeOut | None = None
    event_id: str | None = None
    """Id minted beforehand, for the event that corrects another; None to mint one."""
    beside: tuple[tuple[str, str], ...] = ()
    """Details that are recorded beside those of the decision, as (name, text) pairs."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that counts for one decision."""

    code: Code
    today: date
    now: datetime
    policy: Policy
    device_id: str
    pack: Pack | None = None
    last: Event | None = None
    """The last event of the pack that still stands."""
    history: tuple[Event, ...] = ()
    """The events of the pack that still stand: without the voided ones and the voids."""
    voided: Event | None = None
    """The void, where that was the very last thing recorded of the pack."""
    twin: str | None = None
    """Key of another known code with the same product and serial but other check digits."""
    product: Product | None = None
    """What the catalogue knows of the product."""
    typed: str = ""
    """A code that nobody knows was typed by hand: `once`, or `differs` where what was typed before it does not
    agree; empty for one that was scanned, that is known, or that was typed twice alike."""
    lot_expiry: tuple[date, str] | None = None
    """Expiry and precision known of this product and lot from an earlier pack."""
    earlier: Pack | None = None
    """A good pack of the product on the shelf that expires before this one."""
    inside: tuple[Pack, ...] = ()
    """What lies in it, for a case: its packs, and those of the cases in it."""
    special_inside: Product | None = None
    """TRANSFER_OUT: the product in the case that needs an approval; `approvals` are for all that lies in it."""
    mixed_inside: bool = False
    """The case holds another product beside that one."""
    barred_inside: frozenset[str] = frozenset()
    """Keys of what lies in it, or arrives in it, and surely falls under a recall or is contradicted by the platform."""
    apart_before: frozenset[str] = frozenset()
    """RELEASE, COUNT: keys of what stays in quarantine, because it lay there for itself (ledger/inside.py)."""
    parent: Pack | None = None
    """The case of the intent, or the one that the pack lies in."""
    parent_holds: bool = True
    """PACK: packs may be put into what the intent names as the case."""
    label_taken: bool = False
    """LABEL: the other code is already on some pack."""
    set_apart: Pack | None = None
    """The quarantined heap beside a heap."""
    voidable: tuple[tuple[Pack, PackFacts | None], ...] = ()
    """VOID: every pack of the last event with what it was before; None for one unknown before."""
    recalls: tuple[Recall, ...] = ()
    """Recalls in force that it falls under, the certain ones first."""
    expectation: Expectation | None = None
    """What the document of the intent says of the pack; None where the intent names none."""
    prescription: Prescription | None = None
    patient: str | None = None
    """DISPENSE: pseudonym of who gets it, as the person or else the prescription says."""
    last_supply: Supply | None = None
    """DISPENSE: what the patient last got of the product, under another prescription."""
    patient_erased: bool = False
    """The patient's data were erased by law."""
    approvals: tuple[Standing, ...] = ()
    """Approvals of the product for the institution that gets it, those that hold first."""
    tree: tuple[Child, ...] = ()
    """What is declared to lie in the case that is received, without what is known already."""
    tree_known: bool = False
    """Something is declared to lie in it, known already or not."""
    stopped: str | None = None
    """What the platform says against the pack, while nobody has settled it; None where it says nothing."""
    refusal: Problem | None = None
    """Why the operator or the second person has no right to do this; None where they have."""
    may_override: bool = True
    """The operator, or the second person, may answer a question with a reason and go on."""
    stands_on: Event | None = None
    """VOID: a later event of one of those packs, which must be voided first."""

    @property
    def state(self) -> State:
        """The pack's state; UNKNOWN when there is no such pack."""
        return self.pack.state if self.pack else State.UNKNOWN

    @property
    def record(self) -> Pack | None:
        """The pack as recorded; None for one whose record was declared wrong: what it said counts no more."""
        return self.pack if self.state is not State.UNKNOWN else None


@dataclass(frozen=True, slots=True)
class Accept:
    """It may happen; the event holds these packs as they stand afterwards."""

    packs: tuple[PackFacts, ...]
    problems: tuple[Problem, ...] = ()
    flags: tuple[str, ...] = ()
    detail: tuple[tuple[str, str], ...] = ()
    documents: tuple[DocumentRef, ...] = ()
    """Documents that count beside those of the intent: the approval it goes out under."""
    patient: str | None = None
    """Pseudonym of who gets it; the event holds a keyed commitment to it in its place."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """It has happened already, by this very intent: success, but no second event."""

    problems: tuple[Problem, ...]
    original: Event
    """The event by which it happened."""


@dataclass(frozen=True, slots=True)
class Ask:
    """It may happen once the person has answered."""

    problems: tuple[Problem, ...]
    needs: tuple[str, ...]
    """What is wanted: `reason`, `lot`, `expiry`, `quantity`, `units`, `second` …"""


@dataclass(frozen=True, slots=True)
class Refuse:
    """It must not happen."""

    problems: tuple[Problem, ...]


Decision = Accept | Repeat | Ask | Refuse
