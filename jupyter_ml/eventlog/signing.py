# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Signing the last event of an attempt, which the user's code could write as well: it finds the event log.

Whoever starts an attempt makes a pair of keys. The executor gets the one that signs, in memory alone; the one that
verifies is kept in the database. So nothing that could be read anywhere is of use for writing an end.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Signer", "SigningKeys", "is_signed"]

_FIELD = b',"signature":"'


class SigningKeys(NamedTuple):
    """Two Ed25519 keys that belong together, in hexadecimal."""

    signing: str
    """For the executor."""
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
    """Signs with a key of `SigningKeys`; it is made before the user's code runs, and loads nothing afterwards."""

    def __init__(self, signing: str) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(signing))

    def sign(self, line: bytes) -> bytes:
        """Return a line of an event log, a JSON object, with a signature of all that it says as its last field."""
        text = line.rstrip(b"\n")
        return b'%b%b%b"}\n' % (text[:-1], _FIELD, self._key.sign(text).hex().encode())


def is_signed(line: bytes, key: str) -> bool:
    """Tell whether a line was signed by the key that belongs to the verifying `key`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    text, _, rest = line.rstrip(b"\n").rpartition(_FIELD)
    try:
        signature = bytes.fromhex(rest.removesuffix(b'"}').decode())
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, text + b"}")
    except (ValueError, InvalidSignature):
        return False
    return True
