# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Which arguments of ``export`` a real bash splits: these are refused, unless the value is in double quotes."""

from __future__ import annotations

import os
import subprocess
from itertools import product

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.shell import refer

NAMES = [
    *("a=", "a+=", "a=b", "a=b:", "a=*", "a=~/", "a=\\x", 'a="y"', "a='y'", "a=$'y'", "a=$z", "a=${z}", "a=`true`"),
    *("a=b=", "a==", "a\\\n=", '"a"=', "'a'=", "\\a=", "a\\=", 'a""=', 'a"="', '"a="', "$'a'=", "$z'a'=", "a$z="),
    *("a[0]=", 'a["0"]=', "{a,c}=", "a={b,c}", "a=b{c..d}", '"a"+=', "a'+'=", "-x a=", "c=1 a=", "$z a=", "-- a="),
]
COMMANDS = [
    *("export", "readonly", "command export", "builtin readonly", "\\export", '"export"', "e''xport", "exp\\\nort"),
    *("$e", "${e}", "c=1 export", "> f export", "export > f", "! export", "time export", "time -p export"),
    *("command $z export", "$z export", "{ :; } && export", "if :; then :; fi; export", "[[ a ]] && export"),
    *("export -n", "declare", "declare -x", "typeset", "command declare", "\\declare"),
]
VALUES = ("$(echo ${{inputs.x}})", "x$(echo ${{inputs.x}})")


def splits(command, cwd):
    """Return whether a value is exported with it, or set, by bash itself."""
    done = subprocess.run(
        ["bash", "-c", f"e=export\n{command}\necho ${{b-unset}}"],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "JUPYTER_ML_INPUTS_x": "1 b=2", "x": "1 b=2"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.stdout.decode().splitlines()[-1:] == ["2"]


@pytest.mark.integration
@pytest.mark.parametrize("builtin", COMMANDS)
def test_what_bash_splits_is_refused(tmp_path, builtin):
    split = 0
    for name, value in product(NAMES, VALUES):
        command = f"{builtin} {name}{value}"
        split += splits(command.replace("${{inputs.x}}", '"$x"'), tmp_path)
        try:
            written = refer(command)
        except InvalidInputError:
            continue
        assert not splits(written, tmp_path), command
    assert split


@pytest.mark.parametrize("name", ["a=", "a+=", "a=b:", 'a="y"', "-- a=", "$z a="])
def test_a_plain_name_is_taken(name):
    for builtin in ("export", "readonly", "c=1 export", "time export", "> f export"):
        refer(f"{builtin} {name}$(echo ${{{{inputs.x}}}})")


@pytest.mark.integration
@pytest.mark.parametrize("name", ['"a"=', "\\a=", "'a'=", "a[0]=", "a={b,c}"])
def test_a_value_in_double_quotes_is_taken_behind_any_name(tmp_path, name):
    for builtin in ("export", "\\export", "command export", "readonly"):
        written = refer(f'{builtin} {name}"$(echo ${{{{inputs.x}}}})"')
        assert not splits(written, tmp_path)
