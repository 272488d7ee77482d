"""Who the platform is and who we are, by certificates: what is trusted, what is shown, what went wrong.

The system's own store of authorities decides, as the hospital's IT keeps it. A file of authorities that the settings
name replaces it, so that no other authority can vouch for the platform (a pin). Nothing switches the check off.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from sync.faults import ConfigFault, Offline


@dataclass(frozen=True, slots=True)
class Trust:
    """What the settings say of certificates; paths of PEM files, empty where there is none."""

    ca_file: str = ""
    """The only authorities that may vouch for the platform; empty: those of the system."""
    cert_file: str = ""
    """Our own certificate, for mutual TLS, with the chain that belongs to it."""
    key_file: str = ""
    """Its private key; empty where it stands in the same file."""
    passphrase: str | None = None
    """What opens the private key."""

    def __repr__(self) -> str:
        return f"Trust({self.ca_file!r}, {self.cert_file!r}, {self.key_file!r})"


def context_of(trust: Trust) -> ssl.SSLContext:
    """A context that verifies the platform and shows our certificate; ConfigFault where a file will not do."""
    if trust.ca_file:
        context = _pinned(trust.ca_file)
    else:
        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if trust.cert_file:
        _show(context, trust)
    return context


def no_authority() -> ssl.SSLContext:
    """A context that trusts nobody at all."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _pinned(ca_file: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=ca_file)
    except (OSError, ssl.SSLError):
        raise ConfigFault("platform_ca_file", file=Path(ca_file).name) from None
    return context


def _show(context: ssl.SSLContext, trust: Trust) -> None:
    name = Path(trust.cert_file).name
    if not _opens(Path(trust.key_file or trust.cert_file), trust.passphrase):
        raise ConfigFault("platform_client_key_locked", file=name)
    # An empty password instead of none: OpenSSL would ask on the terminal, and nobody sits there.
    password = trust.passphrase or ""
    try:
        context.load_cert_chain(trust.cert_file, trust.key_file or None, password=lambda: password)
    except (OSError, ValueError):
        raise ConfigFault("platform_client_files", file=name) from None


def _opens(key: Path, passphrase: str | None) -> bool:
    """False for a private key that wants another passphrase; any other trouble with it shows later."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        pem = key.read_bytes()
    except OSError:
        return True
    if b"ENCRYPTED" not in pem:
        return True
    try:
        load_pem_private_key(pem, passphrase.encode() if passphrase else None)
    except (TypeError, ValueError):
        return False
    except Exception:  # noqa: BLE001 - a key of a kind that this library does not know may still serve OpenSSL
        return True
    return True


_VERDICTS = {
    9: "platform_certificate_early",
    10: "platform_certificate_expired",
    18: "platform_certificate_self_signed",
    19: "platform_certificate_unknown",
    20: "platform_certificate_unknown",
    21: "platform_certificate_unknown",
    23: "platform_certificate_revoked",
    62: "platform_certificate_host",
    64: "platform_certificate_host",
    # what Windows says (winerror.h)
    0x800B0101: "platform_certificate_expired",
    0x800B0109: "platform_certificate_unknown",
    0x800B010A: "platform_certificate_unknown",
    0x800B010C: "platform_certificate_revoked",
    0x800B010F: "platform_certificate_host",
}
"""Code of X509_verify_cert (OpenSSL) or of Windows -> our code word."""
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"})
_OURS_REFUSED = frozenset(
    {
        "TLSV13_ALERT_CERTIFICATE_REQUIRED",
        "TLSV1_ALERT_UNKNOWN_CA",
        "TLSV1_ALERT_ACCESS_DENIED",
        "TLSV1_ALERT_DECRYPT_ERROR",
        "SSLV3_ALERT_BAD_CERTIFICATE",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        "SSLV3_ALERT_CERTIFICATE_REVOKED",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
    }
)
"""Alerts by which a server says that it wants our certificate, or another one (RFC 8446 section 6.2)."""


def tls_fault(error: BaseException) -> ConfigFault | None:
    """What a failed request says of certificates; None where they were not the trouble.

    Under TLS 1.3 a server refuses our certificate after the handshake, so the alert may come with any read.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            verdict = _VERDICTS.get(cause.verify_code & 0xFFFFFFFF, "platform_certificate")
            return ConfigFault(verdict, why=cause.verify_message or "")
        if isinstance(cause, ssl.SSLError):
            reason = cause.reason or ""
            if reason in _NO_TLS:
                return ConfigFault("platform_no_tls")
            if reason in _OURS_REFUSED:
                return ConfigFault("platform_wants_certificate")
        cause = cause.__cause__ or cause.__context__
    return None


def connection_fault(error: BaseException) -> Offline | ConfigFault:
    """What it means that no connection came about."""
    return tls_fault(error) or Offline("platform_unreachable")
