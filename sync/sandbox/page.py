"""What the sandbox platform shows in a browser: how much it holds and the latest events."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Any

from sync.sandbox.store import Held

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;padding:.4rem;text-align:left;"
    "font-size:.9rem;word-break:break-all;vertical-align:top}.n{font-size:2rem;font-weight:600}"
    ".c{display:inline-block;margin-right:2.5rem}.q{color:#666}"
)


@lru_cache(maxsize=2)
def _texts(language: str) -> dict[str, str]:
    file = files("resources") / "words" / language / "sync.json"
    texts: dict[str, str] = json.loads(file.read_text("utf-8"))
    return texts


def page(held: Held, latest: Sequence[Mapping[str, Any]], language: str) -> str:
    """The page in English where the browser asks for it first, else in Chinese."""
    code = "en" if language.lower().startswith("en") else "zh_CN"
    texts = _texts(code)
    say = {key: escape(text) for key, text in texts.items()}
    counts = "".join(
        f'<div class="c"><div class="n">{number}</div>{say[word]}</div>'
        for number, word in (
            (held.events, "sandbox_events"),
            (held.declarations, "sandbox_declarations"),
            (held.documents, "sandbox_documents"),
        )
    )
    rows = "".join(_row(event) for event in latest) or f'<tr><td colspan="4">{say["sandbox_empty"]}</td></tr>'
    heads = "".join(
        f"<th>{say[word]}</th>" for word in ("sandbox_when", "sandbox_step", "sandbox_packs", "sandbox_where")
    )
    return (
        f'<!doctype html><html lang="{code.replace("_", "-")}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{say["sandbox_title"]}</title>'
        f"<style>{_STYLE}</style><h1>{say['sandbox_title']}</h1><p class=q>{say['sandbox_what']}</p>{counts}"
        f"<h2>{say['sandbox_latest']}</h2><table><tr>{heads}</tr>{rows}</table></html>"
    )


def portal() -> str:
    """A web page in the place of the platform, as a captive portal or a proxy puts it there."""
    return "<!doctype html><html><title>Sign in to the network</title><p>Please sign in.</p></html>"


def _row(event: Mapping[str, Any]) -> str:
    things = [
        *event.get("epcList", ()),
        *(item.get("epcClass", "") for item in event.get("quantityList", ())),
    ]
    place = event.get("readPoint")
    cells = (
        str(event.get("eventTime", "")),
        f"{event.get('bizStep', '')} {event.get('disposition', '')}",
        " ".join(str(thing) for thing in things[:5]) + (" …" if len(things) > 5 else ""),
        str(place.get("id", "")) if isinstance(place, dict) else "",
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
