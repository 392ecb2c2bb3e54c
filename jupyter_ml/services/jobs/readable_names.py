# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Generate readable names."""

from __future__ import annotations

import secrets

__all__ = ["readable_name"]

_ADJECTIVES = """
    able amber bold brave brief bright brisk calm clear clever cool coral cosy crisp deft eager early easy fair fine
    firm fleet fond frank free fresh gentle glad golden good grand green happy hardy honest jolly keen kind lively
    loyal lucid lucky mellow merry mild neat nimble noble plucky polite proud quick quiet ready rosy royal rustic
    serene sharp silver smart snug solid spry steady still sunny swift tall tidy tender upbeat vivid
    warm wild wise witty
""".split()
_NOUNS = """
    alder ant badger bear beaver bee birch bison bream brook cedar clover condor coral crane cricket crow curlew deer
    dolphin dove eagle elk elm falcon fern ferret finch fox gecko goose gull hare hawk hazel heron ibex ibis iris jay
    kestrel kite koala lark larch lemur lily linnet lion llama lynx magpie maple marten mole moose moth newt oak orca
    oriole osprey otter owl panda petrel pike pine plover poplar puffin quail rabbit raven robin rook rowan
    salmon seal
    shrew sparrow stork swan swift tapir tern thrush tiger trout tulip vole walrus whale willow wolf wren yak zebra
""".split()
_ALPHABET = "0123456789bcdfghjkmnpqrstvwxyz"


def readable_name() -> tuple[str, str]:
    """Return a unique name (``bold_otter_k3f9x2``) and a display name (``bold_otter``)."""
    display = f"{secrets.choice(_ADJECTIVES)}_{secrets.choice(_NOUNS)}"
    return f"{display}_{''.join(secrets.choice(_ALPHABET) for _ in range(6))}", display
