"""The road to the platform as the settings and the secrets describe it; used by delivery, pull and `doctor` alike.

Importing it loads no network library: that happens with the first request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.settings import Settings, Value

if TYPE_CHECKING:
    from sync.platform import Platform
    from sync.tls import Trust
    from sync.vault import Vault


WIRE = ("site.gln", "site.usci", "site.party_gln")
"""Settings beside `platform.*` that the courier is made by: how the site names itself."""


def road_settings(settings: Settings) -> tuple[tuple[str, Value], ...]:
    """The settings that a courier is made by; where two differ, the one at work is out of date."""
    names = (name for name in settings if name in WIRE or name.startswith("platform."))
    return tuple((name, settings[name]) for name in names if name != "platform.recall_days")


def platform_of(settings: Settings) -> Platform:
    """The platform that the settings name; secrets are read when they are wanted."""
    from sync.credentials import Bearer, ClientCredentials, Credentials
    from sync.platform import Platform
    from sync.vault import CLIENT_SECRET, TOKEN, Vault

    vault = Vault(settings.home)
    credentials: Credentials
    if settings.text("platform.token_url"):
        credentials = ClientCredentials(
            settings.text("platform.token_url"),
            settings.text("platform.client_id"),
            lambda: vault.get(CLIENT_SECRET),
            settings.text("platform.scope"),
        )
    else:
        credentials = Bearer(lambda: vault.get(TOKEN))
    return Platform(
        settings.text("platform.url"),
        credentials=credentials,
        trust=lambda: trust_of(settings, vault),
        extensions=f"td={settings.text('platform.namespace')}",
    )


def trust_of(settings: Settings, vault: Vault) -> Trust:
    """What the settings say of certificates."""
    from sync.tls import Trust
    from sync.vault import KEY_PASSPHRASE

    cert_file = settings.text("platform.client_cert")
    return Trust(
        ca_file=settings.text("platform.ca_file"),
        cert_file=cert_file,
        key_file=settings.text("platform.client_key"),
        passphrase=vault.get(KEY_PASSPHRASE) if cert_file else None,
    )
