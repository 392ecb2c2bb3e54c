# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Shown output has a bounded size; small output is unchanged."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ml.schemas.event_log import DisplayUpdated, Log, MetadataChanged, Output
from jupyter_ml.services.jobs.shortening import OTHER_BYTES, TEXT_CHARS, shorten

SIZES = st.sampled_from([0, 1, TEXT_CHARS, TEXT_CHARS + 1, 3 * TEXT_CHARS, OTHER_BYTES + 1])
KINDS = st.sampled_from(["text/plain", "text/html", "image/png", "application/json"])


@given(st.dictionaries(KINDS, SIZES, max_size=4))
@settings(max_examples=30)
def test_bundles_of_media_types_are_bounded(sizes):
    data = {kind: {"x": "y" * size} if kind == "application/json" else "y" * size for kind, size in sizes.items()}
    event = Output(time=0, cell=0, output={"output_type": "display_data", "data": data, "metadata": {}})
    shown = shorten(event)
    assert shorten(shown) is shown or len(shown.output["data"]["text/plain"]) <= TEXT_CHARS + 100
    for kind, value in shown.output["data"].items():
        assert len(value) <= (TEXT_CHARS + 100 if kind == "text/plain" else OTHER_BYTES + 100)
    fits = {kind: size for kind, size in sizes.items() if size <= TEXT_CHARS}
    assert (shown is event) == all(
        size <= (TEXT_CHARS if kind == "text/plain" else OTHER_BYTES - 100) for kind, size in sizes.items()
    )
    assert all(shown.output["data"][kind] == data[kind] for kind in fits)


def test_streams_updates_and_metadata_are_bounded_too():
    long = "y" * (TEXT_CHARS + 1)
    stream = shorten(Output(time=0, cell=0, output={"output_type": "stream", "name": "stdout", "text": long}))
    assert stream.output["text"].startswith("y" * TEXT_CHARS + "\n… 1 more")
    update = shorten(DisplayUpdated(time=0, display_id="a", data={"image/png": "y" * (OTHER_BYTES + 1)}))
    assert update.data == {"text/plain": "image/png is too large to be shown"}
    assert shorten(MetadataChanged(time=0, metadata={"widgets": "y" * (OTHER_BYTES + 1), "a": 1})).metadata == {"a": 1}
    log = Log(time=0, name="stdout", text="x")
    assert shorten(log) is log
