# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A signature is valid for one line and one key."""

from __future__ import annotations

import pytest

from jupyter_ml.eventlog.signing import Signer, SigningKeys, is_signed
from jupyter_ml.schemas.event_log import Ended, parse_event

CAUSE = b'{"kind":"exception","message":"\xc3\xa9,\\"signature\\":\\""}'
LINE = b'{"type":"ended","time":1.5,"state":"Failed","cause":%b}\n' % CAUSE


def test_a_signed_line_is_verified_and_is_the_same_event() -> None:
    keys = SigningKeys.create()
    line = Signer(keys.signing).sign(LINE)
    assert line.endswith(b"\n")
    assert is_signed(line, keys.verifying)
    event = parse_event(line)
    assert isinstance(event, Ended)
    assert event.model_copy(update={"signature": None}) == parse_event(LINE)
    assert "signature" not in event.model_dump()


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b"Failed", b"Completed"),
        lambda line: line.replace(b'"cause"', b'"state":"Completed","cause"'),
        lambda line: line.replace(b'"}\n', b'","state":"Completed"}\n'),
        lambda line: line.replace(b'"}\n', b'x"}\n'),
        lambda line: line.replace(b'"}\n', b'"} {}\n'),
        lambda line: line[:-6] + b'0000"}\n',
        lambda line: LINE,
        lambda line: b"",
        lambda line: b'{"signature":"\xff"}',
    ],
)
def test_a_changed_line_is_not_verified(change) -> None:
    keys = SigningKeys.create()
    assert not is_signed(change(Signer(keys.signing).sign(LINE)), keys.verifying)


def test_a_line_signed_by_another_key_is_not_verified() -> None:
    assert not is_signed(Signer(SigningKeys.create().signing).sign(LINE), SigningKeys.create().verifying)
