# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Sign the last event of an attempt, so that the user's code, which can write into the event log, cannot forge it.

The supervisor creates a pair of keys for each attempt. The executor receives the signing key through its standard input
and keeps it in memory only; the verifying key is stored in the database. No file contains the signing key.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Signer", "SigningKeys", "is_signed"]

_FIELD = b',"signature":"'


class SigningKeys(NamedTuple):
    """A pair of Ed25519 keys, in hexadecimal."""

    signing: str
    """Given to the executor only."""
    verifying: str

    @classmethod
    def create(cls) -> SigningKeys:
        """Return a new pair."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        key = Ed25519PrivateKey.generate()
        return cls(key.private_bytes_raw().hex(), key.public_key().public_bytes_raw().hex())

    def __repr__(self) -> str:
        return f"SigningKeys(verifying={self.verifying!r})"


class Signer:
    """Sign lines of an event log; everything is imported when the signer is created, before the user's code runs."""

    def __init__(self, signing: str) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(signing))

    def sign(self, line: bytes) -> bytes:
        """Return a line, a JSON object, with a signature of the rest of it as its last field."""
        text = line.rstrip(b"\n")
        return b'%b%b%b"}\n' % (text[:-1], _FIELD, self._key.sign(text).hex().encode())


def is_signed(line: bytes, key: str) -> bool:
    """Return whether a line was signed by the counterpart of the verifying `key`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    text, _, rest = line.rstrip(b"\n").rpartition(_FIELD)
    try:
        signature = bytes.fromhex(rest.removesuffix(b'"}').decode())
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, text + b"}")
    except (ValueError, InvalidSignature):
        return False
    return True
