"""Where and who an event is about, as URIs: the site and its places, partners, people, papers.

Most of them come again from event to event, so each is made once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ledger.event import DocumentRef
from sync.identifiers import GS1, encode, is_gln, is_usci
from sync.steps import HELD, OWNED, Step, Way
from sync.vocabulary import DOCUMENT_TYPES

_MOST = 1_000
"""So many parts are held at most."""
T = TypeVar("T")


class Surroundings:
    """The site as one device names it. Nobody changes what the methods return."""

    def __init__(
        self,
        id_base: str,
        org_base: str,
        namespace: str,
        gln: str | None,
        usci: str | None,
        party_gln: str | None,
    ) -> None:
        """Bases as in `Wire`; the site is known by its GLN, else by its USCI, else by a name of its own."""
        self._id_base = id_base
        self._org_base = org_base
        self._namespace = namespace
        self._between = party_gln is not None
        if gln:
            self.site, self.party, self._separator = f"{GS1}/414/{gln}", f"{GS1}/417/{gln}", "/254/"
        elif usci:
            host = f"{org_base}/cn/usci"
            self.site, self.party, self._separator = f"{host}/loc/{usci}", f"{host}/pty/{usci}", "."
        else:
            self.site, self.party, self._separator = f"{id_base}/loc/site", f"{id_base}/pty/site", ""
        if party_gln:
            self.party = f"{GS1}/417/{party_gln}"
        self._made: dict[tuple[str, object], Any] = {}

    def is_here(self, place: str) -> bool:
        """True for a location of this site: its own, and every place inside it."""
        if place == self.site:
            return True
        return place.startswith(
            f"{self.site}{self._separator}" if self._separator else f"{self._id_base}/loc/"
        )

    def place(self, place: str) -> dict[str, str]:
        """A place inside the site; the site itself where the place has no name."""
        return self._once("place", place, lambda: {"id": self._place(place)})

    def person(self, opaque: str) -> str:
        """A person, by the opaque id."""
        return self._once("person", opaque, lambda: f"{self._id_base}/pty/{encode(opaque)}")

    def papers(self, documents: tuple[DocumentRef, ...]) -> list[dict[str, str]]:
        """The documents that an event belongs to."""
        return self._once("papers", documents, lambda: [self._document(ref) for ref in documents])

    def ward(self, partner: str) -> dict[str, str]:
        """The location of the other side."""
        return {"id": self._partner(partner)[1]}

    def sides(self, partner: str, step: Step) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        """Whence and whither the goods cross the border of the site: source list and destination list."""
        # The rows of the table of steps live as long as the program: their number is their name.
        return self._once("sides", (partner, id(step)), lambda: self._sides(partner, step))

    def _once(self, name: str, asked: object, make: Callable[[], T]) -> T:
        made, place = self._made, (name, asked)
        if place not in made:
            if len(made) >= _MOST:
                made.clear()
            made[place] = make()
        part: T = made[place]
        return part

    def _sides(self, partner: str, step: Step) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        party, location = self._partner(partner)
        ours, theirs = (self.party, self.site), (party, location)
        if step.within and self._between:  # between two sites of one organisation
            theirs = (self.party, location)
        source, destination = (theirs, ours) if step.way is Way.IN else (ours, theirs)
        return (
            _parties("source", *source, step.source),
            _parties("destination", *destination, step.destination),
        )

    def _place(self, place: str) -> str:
        if not place:
            return self.site
        if not self._separator:
            return f"{self._id_base}/loc/{encode(place)}"
        return f"{self.site}{self._separator}{encode(place)}"

    def _partner(self, partner: str) -> tuple[str, str]:
        """Party and location of the other side, known by GLN, by USCI, or by a name of this site's own."""
        if is_gln(partner):
            return f"{GS1}/417/{partner}", f"{GS1}/414/{partner}"
        host, name = self._id_base, encode(partner)
        if is_usci(partner):
            host = f"{self._org_base}/cn/usci"
        return f"{host}/pty/{name}", f"{host}/loc/{name}"

    def _document(self, ref: DocumentRef) -> dict[str, str]:
        kind = ref.kind if ref.kind in DOCUMENT_TYPES else f"{self._namespace}BTT-{encode(ref.kind)}"
        if ref.issuer and is_gln(ref.issuer):
            return {"type": kind, "bizTransaction": f"urn:epcglobal:cbv:bt:{ref.issuer}:{encode(ref.number)}"}
        return {"type": kind, "bizTransaction": f"{self._id_base}/bt/{encode(ref.kind)}/{encode(ref.number)}"}


def _parties(name: str, party: str, location: str, kinds: Iterable[str]) -> list[dict[str, str]]:
    return [{"type": kind, name: party if kind in (HELD, OWNED) else location} for kind in kinds]
