"""The road to the platform as the settings and the secrets describe it; used by delivery, pull and `doctor` alike.

Importing it loads no network library: that happens with the first request.
"""

from __future__ import annotations

from collections.abc import Callable
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
    """The platform that the settings name as they are now; secrets are read when they are wanted.

    The settings may change while it is used: what is read later is for the platform of now, or not there.
    """
    from sync.credentials import Bearer, ClientCredentials, Credentials
    from sync.platform import Platform
    from sync.vault import CLIENT_SECRET, TOKEN, Vault

    vault = Vault(settings.home)
    credentials: Credentials
    if settings.text("platform.token_url"):
        belongs = belongs_to(settings, CLIENT_SECRET)
        credentials = ClientCredentials(
            settings.text("platform.token_url"),
            settings.text("platform.client_id"),
            lambda: vault.get(CLIENT_SECRET, belongs),
            settings.text("platform.scope"),
            elsewhere=lambda: vault.elsewhere(CLIENT_SECRET, belongs),
        )
    else:
        belongs = belongs_to(settings, TOKEN)
        credentials = Bearer(lambda: vault.get(TOKEN, belongs), lambda: vault.elsewhere(TOKEN, belongs))
    return Platform(
        settings.text("platform.url"),
        credentials=credentials,
        trust=_trust_of(settings, vault),
        extensions=f"td={settings.text('platform.namespace')}",
    )


def belongs_to(settings: Settings, name: str) -> str:
    """Whom a secret entered by these settings belongs to.

    A token goes to the platform; what a client's secret earns goes there too, and itself to whoever gives tokens. The
    passphrase of our private key goes nowhere.
    """
    from sync.origin import belonging
    from sync.vault import CLIENT_SECRET, TOKEN

    if name == TOKEN:
        return belonging(settings.text("platform.url"))
    if name == CLIENT_SECRET:
        return belonging(settings.text("platform.url"), settings.text("platform.token_url"))
    return ""


def _trust_of(settings: Settings, vault: Vault) -> Callable[[], Trust]:
    """What the settings say of certificates; the passphrase is read when they are wanted."""
    ca_file, cert_file, key_file = (
        settings.text(f"platform.{name}") for name in ("ca_file", "client_cert", "client_key")
    )

    def trust() -> Trust:
        from sync.tls import Trust
        from sync.vault import KEY_PASSPHRASE

        passphrase = vault.get(KEY_PASSPHRASE) if cert_file else None
        return Trust(ca_file=ca_file, cert_file=cert_file, key_file=key_file, passphrase=passphrase)

    return trust
