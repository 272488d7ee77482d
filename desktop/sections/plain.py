"""The sections that are settings and nothing else."""

from __future__ import annotations

from desktop.sections.section import Section


class SiteSection(Section):
    """Who and where this workstation is."""

    name = "site"
    settings = (
        *("site.name", "site.gln", "site.party_gln", "site.usci"),
        *("device.name", "device.dock", "device.counter", "operator"),
        *("zone.prefix", "zone.pattern", "zone.query_key"),
    )


class RulesSection(Section):
    """What asks, what stops, and from when on."""

    name = "rules"
    settings = (
        *("policy.near_expiry", "policy.near_expiry_days", "policy.receive_near_expiry_days"),
        *("policy.fefo", "policy.unknown_product", "policy.no_document"),
        *("policy.early_refill", "policy.early_refill_days"),
        *("policy.repeat_seconds", "policy.undo_days", "policy.opened_days"),
    )


class LookSection(Section):
    """How it looks and sounds."""

    name = "look"
    settings = ("look.theme", "look.scale", "language", "sound.volume", "sound.speech")
