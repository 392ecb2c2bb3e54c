# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Places that hand a value on to what runs it: each is refused, and a real bash shows that the value would have run."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.shell import refer

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "users" / "jobs.md"
X = "${{inputs.x}}"
RUN = "touch pwned"
SUBSCRIPT = "a[$(touch pwned)]"
ELEMENTS = "([$(touch pwned)]=1)"
OPTIONS = "-va[$(touch${IFS}pwned)] b"
# part of the message, and a value that runs
REFUSED = {
    # the output of commands that have an expression
    'eval "$(echo ${{inputs.x}})"': ("run by eval as code", RUN),
    "eval $(printf '%s' ${{inputs.x}})": ("run by eval as code", RUN),
    'eval "$(echo "$(echo ${{inputs.x}})")"': ("run by eval as code", RUN),
    'bash -c "$(echo ${{inputs.x}})"': ("the code that bash gets", RUN),
    'python3 -c "$(echo ${{inputs.x}})"': ("the code that python gets", "open('pwned', 'w')"),
    'trap "$(echo ${{inputs.x}})" EXIT': ("run by trap as code", RUN),
    "$(echo ${{inputs.x}})": ("the command itself", RUN),
    "echo | $(echo ${{inputs.x}})": ("the command itself", RUN),
    "bash <<E\n$(echo ${{inputs.x}})\nE": ("code for bash", RUN),
    '[[ "$(echo ${{inputs.x}})" -eq 1 ]]': ("is beside -eq", SUBSCRIPT),
    "printf $(echo ${{inputs.x}})": ("a name for printf", OPTIONS),
    "[ $(echo ${{inputs.x}}) ]": ("put quotes around", "-v a[$(touch${IFS}pwned)]"),
    "nice -n $(echo ${{inputs.x}}) true": ("put quotes around", "1 touch pwned"),
    "bash $(echo ${{inputs.x}})": ("put quotes around", "-c touch${IFS}pwned"),
    # files with such output
    "bash <(echo ${{inputs.x}})": ("code for bash", RUN),
    "bash < <(echo ${{inputs.x}})": ("code for bash", RUN),
    "bash --rcfile <(echo ${{inputs.x}}) -i": ("code for bash", RUN),
    "source <(echo ${{inputs.x}})": ("code for source", RUN),
    "source -- <(echo ${{inputs.x}})": ("code for source", RUN),
    ". <(echo ${{inputs.x}})": ("code for .", RUN),
    "source $(true) <(echo ${{inputs.x}})": ("code for source", RUN),
    "source $none <(echo ${{inputs.x}})": ("code for source", RUN),
    "source /dev/stdin <<< ${{inputs.x}}": ("code for source", RUN),
    "bash /dev/fd/3 3<<< ${{inputs.x}}": ("code for bash", RUN),
    "python3 <(echo ${{inputs.x}})": ("code for python", "open('pwned', 'w')"),
    "awk -f <(echo ${{inputs.x}})": ("the code that awk gets", 'BEGIN {system("touch pwned")}'),
    # what xargs makes of what it reads
    'xargs -I{} sh -c "{}" <<< ${{inputs.x}}': ("an argument of what xargs runs", RUN),
    "echo ${{inputs.x}} | xargs -I{} sh -c {}": ("an argument of what xargs runs", RUN),
    "echo ${{inputs.x}} | xargs -I % bash -c 'a; %'": ("an argument of what xargs runs", RUN),
    "echo ${{inputs.x}} | xargs -i sh -c {}": ("an argument of what xargs runs", RUN),
    "echo ${{inputs.x}} | xargs --replace=R sh -c R": ("an argument of what xargs runs", RUN),
    "echo ${{inputs.x}} | cat | xargs sh -c": ("an argument of what xargs runs", "'touch pwned'"),
    "echo ${{inputs.x}} | xargs bash": ("code for bash", "-c 'touch pwned'"),
    "echo ${{inputs.x}} | xargs env": ("an argument of what xargs runs", RUN),
    "echo ${{inputs.x}} | xargs nice -n 1": ("an argument of what xargs runs", RUN),
    "echo ${{inputs.x}} | timeout 5 xargs sh -c": ("an argument of what xargs runs", "'touch pwned'"),
    "xargs sh -c < <(echo ${{inputs.x}})": ("an argument of what xargs runs", "'touch pwned'"),
    "xargs sh -c <<E\n${{inputs.x}}\nE": ("an argument of what xargs runs", "'touch pwned'"),
    "xargs -a <(echo ${{inputs.x}}) sh -c": ("an argument of what xargs runs", "'touch pwned'"),
    # variables that are arrays, numbers or names already
    "a=(1); declare a=${{inputs.x}}": ("write NAME=… on a line of its own", ELEMENTS),
    "a=(1); typeset a=${{inputs.x}}": ("write NAME=… on a line of its own", ELEMENTS),
    "a=(1); declare a+=${{inputs.x}}": ("write NAME=… on a line of its own", ELEMENTS),
    "a=(1); declare a=$(echo ${{inputs.x}})": ("write NAME=… on a line of its own", ELEMENTS),
    "declare -A a; declare a=${{inputs.x}}": ("write NAME=… on a line of its own", ELEMENTS),
    "f() { local -a a; local a=${{inputs.x}}; }; f": ("write NAME=… on a line of its own", ELEMENTS),
    "declare -i a; a=${{inputs.x}}": ("leave that option out", SUBSCRIPT),
    "declare -i a; export a=${{inputs.x}}": ("leave that option out", SUBSCRIPT),
    "declare -i a; for a in ${{inputs.x}}; do :; done": ("leave that option out", SUBSCRIPT),
    "declare -i a; read -r a <<< ${{inputs.x}}": ("leave that option out", SUBSCRIPT),
    "declare -n n; n=${{inputs.x}}; echo $n": ("leave that option out", SUBSCRIPT),
    "RANDOM=${{inputs.x}}": ("the value of RANDOM", SUBSCRIPT),
    "OPTIND=${{inputs.x}}": ("the value of OPTIND", SUBSCRIPT),
    "for OPTIND in ${{inputs.x}}; do :; done": ("the value of OPTIND", SUBSCRIPT),
    "env BASH_ENV=${{inputs.x}} bash -c :": ("the value of BASH_ENV", "$(touch pwned)"),
    "PS4[0]=${{inputs.x}}; set -x; :": ("the value of PS4", "$(touch pwned)"),
    "PS4=(${{inputs.x}}); set -x; :": ("the value of PS4", "$(touch pwned)"),
    "printf -v PS4 %s ${{inputs.x}}; set -x; :": ("the value of PS4", "$(touch pwned)"),
    "read -r PS4 <<< ${{inputs.x}}; set -x; :": ("the value of PS4", "$(touch pwned)"),
    "mapfile PS4 < <(echo ${{inputs.x}}); set -x; :": ("the value of PS4", "$(touch pwned)"),
    "mapfile -C eval -c 1 <<< ${{inputs.x}}": ("code of mapfile", "; touch pwned"),
    "set -k; bash BASH_ENV=${{inputs.x}} -c :": ("the value of BASH_ENV", "$(touch pwned)"),
    "e=export; $e PS4=${{inputs.x}}; set -x; :": ("the value of PS4", "$(touch pwned)"),
    'a["${{inputs.x}}"]=1': ("computes with it", SUBSCRIPT),
    "a[$(echo ${{inputs.x}})]=1": ("computes with it", SUBSCRIPT),
    'a=(["${{inputs.x}}"]=1)': ("computes with it", SUBSCRIPT),
    'a[b[0]+"${{inputs.x}}"]=1': ("computes with it", SUBSCRIPT),
    # words that look like reserved words or assignments and are none, or the other way round
    '"[[" a | eval ${{inputs.x}}': ("is near '[['", RUN),
    "a=1 [[ a | eval ${{inputs.x}}": ("is near '[['", RUN),
    "> f [[ a | eval ${{inputs.x}}": ("is near '[['", RUN),
    "\\case a in b; eval ${{inputs.x}}": ("is near 'case'", RUN),
    "a[1 2]=2 eval ${{inputs.x}}": ("has yet to find", RUN),
    # where a command begins
    "case a in a) eval ${{inputs.x}};; esac": ("run by eval as code", RUN),
    "if case a in a) : ; esac then eval ${{inputs.x}}; fi": ("run by eval as code", RUN),
    "case in in esac; eval ${{inputs.x}}": ("run by eval as code", RUN),
    'echo "$(case a\nin a) eval ${{inputs.x}};; esac)"': ("run by eval as code", RUN),
    "if [[ a ]] then eval ${{inputs.x}}; fi": ("run by eval as code", RUN),
    "[[ a =~ (b #c) ]] || eval ${{inputs.x}}": ("is near a # in [[", RUN),
    "[[ a &&\n1 -eq ${{inputs.x}} ]]": ("is beside -eq", SUBSCRIPT),
    "set a; for y do eval ${{inputs.x}}; done": ("run by eval as code", RUN),
    "for ((i = 0; i < 1; i++)) { eval ${{inputs.x}}; }": ("run by eval as code", RUN),
    "function f { eval ${{inputs.x}}; }; f": ("run by eval as code", RUN),
    "coproc N { eval ${{inputs.x}}; }; wait": ("is near coproc", RUN),
    "time -p eval ${{inputs.x}}": ("run by eval as code", RUN),
    "time -p { eval ${{inputs.x}}; }": ("run by eval as code", RUN),
    "{fd}> f eval ${{inputs.x}}": ("run by eval as code", RUN),
    "{eval,} ${{inputs.x}}": ("has yet to find", RUN),
    "/bin/b?sh -c ${{inputs.x}}": ("has yet to find", RUN),
    "$c eval ${{inputs.x}}": ("run by eval as code", RUN),
    "command $c eval ${{inputs.x}}": ("run by eval as code", RUN),
    "$c ${{inputs.x}}": ("if the variable before it is empty", "./run"),
    "find . -maxdepth 0 -exec ${{inputs.x}} ';'": ("the command that find runs", "./run"),
    "hash -p ${{inputs.x}} y; y": ("a name for hash", "./run"),
    "rbash -c ${{inputs.x}}": ("the code that rbash gets", RUN),
    "shopt -s expand_aliases\nalias e=eval\ne ${{inputs.x}}": ("changes how bash reads", RUN),
    "shopt -s extglob\neval @(a) b ${{inputs.x}}": ("a pattern of extglob", "; touch pwned"),
    # where quotes and operators end
    'echo "$\\\n(eval ${{inputs.x}})"': ("within an operator", RUN),
    "cat <<$(a)\nb\n$(a)\neval ${{inputs.x}}": ("does not end with a plain word", RUN),
    # what is after another command's name
    "command eval ${{inputs.x}}": ("run by eval as code", RUN),
    "builtin eval ${{inputs.x}}": ("run by eval as code", RUN),
    "env -S${{inputs.x}}": ("the command itself", RUN),
    "env -S${{inputs.x}} true": ("the command itself", RUN),
    "compgen -W ${{inputs.x}}": ("run by compgen as code", "$(touch pwned)"),
    # options before code, or before the input
    "bash -euo pipefail -c ${{inputs.x}}": ("the code that bash gets", RUN),
    "bash -O extglob -c ${{inputs.x}}": ("the code that bash gets", RUN),
    "bash -v -c ${{inputs.x}}": ("the code that bash gets", RUN),
    "python3 -v -c ${{inputs.x}}": ("the code that python gets", "open('pwned', 'w')"),
    "bash $z <(echo ${{inputs.x}})": ("code for bash", RUN),
    "$z bash < <(echo ${{inputs.x}})": ("code for bash", RUN),
    "bash -c $z ${{inputs.x}}": ("the code that bash gets", RUN),
    "bash -ce ${{inputs.x}}": ("the code that bash gets", RUN),
    "python3 -W ignore -c ${{inputs.x}}": ("the code that python gets", "open('pwned', 'w')"),
    "perl -e 1 -e ${{inputs.x}}": ("the code that perl gets", ";system 'touch pwned'"),
    "bash -s a <<< ${{inputs.x}}": ("code for bash", RUN),
    "echo ${{inputs.x}} | bash -euo pipefail": ("code for bash", RUN),
    "python3 - a <<< ${{inputs.x}}": ("code for python", "open('pwned', 'w')"),
    "mkdir ${{inputs.x}}; find ${{inputs.x}} -exec sh -c 'ls {}' \\;": ("the code that sh gets", "$(touch pwned)"),
    # what is read by, or from, more than one command
    "{ echo ${{inputs.x}}; } | bash": ("code for bash", RUN),
    "(echo ${{inputs.x}}) | bash": ("code for bash", RUN),
    "{ cat <<E\n${{inputs.x}}\nE\n} | bash": ("code for bash", RUN),
    'for y in ${{inputs.x}}; do echo "$y"; done | bash': ("code for bash", RUN),
    "if true; then echo ${{inputs.x}}; fi | bash": ("code for bash", RUN),
    "echo ${{inputs.x}} | (bash)": ("code for bash", RUN),
    "echo ${{inputs.x}} | { true; bash; }": ("code for bash", RUN),
    "{ bash; } <<< ${{inputs.x}}": ("code for bash", RUN),
    "f() { bash; }; f <<< ${{inputs.x}}": ("code for bash", RUN),
    "echo ${{inputs.x}} | tee >(bash)": ("code for bash", RUN),
    "exec < <(echo ${{inputs.x}}); bash": ("code for bash", RUN),
    "exec 3<<< ${{inputs.x}}; bash <&3": ("code for bash", RUN),
    "coproc bash; echo ${{inputs.x}} >&${COPROC[1]}; exec {COPROC[1]}>&-; wait": ("is near coproc", RUN),
}
# by the documentation these are not refused, and bash runs a value there
OUTSIDE = {
    "n=${{inputs.x}}; echo $((n))": SUBSCRIPT,
    'v=${{inputs.x}}; echo "${!v}"': SUBSCRIPT,
    "set -- ${{inputs.x}}; $1": RUN,
    'x=${{inputs.x}}; eval "$x"': RUN,
    "echo ${{inputs.x}} > f; bash f": RUN,
}
TAKEN = [
    "a=(1); a=${{inputs.x}}",
    "a=(1); export a=${{inputs.x}}; readonly a=${{inputs.x}}",
    "declare -A a; export a=${{inputs.x}}",
    "export a=$(echo ${{inputs.x}})",
    "f() { local a; a=${{inputs.x}}; }; f",
    "cat <(echo ${{inputs.x}})",
    'bash ./script.sh <(echo ${{inputs.x}}) "$(echo ${{inputs.x}})"',
    "python3 -m json.tool <(echo ${{inputs.x}})",
    '[ -n "$(echo ${{inputs.x}})" ]',
    "echo ${{inputs.x}} | xargs cat",
    "echo ${{inputs.x}} | xargs -n 1 bash -c 'ls \"$1\"' bash",
    "echo ${{inputs.x}} | xargs -I{} python3 script.py --file {}",
    "echo ${{inputs.x}} | while read -r y; do ls \"$y\"; done",
    "echo ${{inputs.x}}; echo : | bash; python3 - <<'E'\npass\nE",
    "python3 --version; trap 'rm -f b' EXIT; python3 -c pass ${{inputs.x}}",
    "echo ${{inputs.x}} | xargs sh -c 'ls \"$@\"' sh",
    "bash -euo pipefail -c 'ls \"$1\"' bash ${{inputs.x}}",
    "find ${{inputs.x}} -exec python3 script.py {} +",
    "psql -h host -f ${{inputs.x}} -d ${{inputs.x}}",
    "timeout -s KILL 5 ls ${{inputs.x}}",
    "python3 $options script.py $z ${{inputs.x}}",
    "bash -c 'ls \"$1\"' $z bash ${{inputs.x}}",
]  # fmt: skip


def bash(command, cwd, **variables):
    return subprocess.run(
        ["timeout", "10", "bash", "-c", command],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("command", REFUSED)
def test_a_place_that_runs_what_it_is_handed_is_refused(command):
    with pytest.raises(InvalidInputError, match=re.escape(REFUSED[command][0])) as caught:
        refer(command)
    assert X in str(caught.value)


@pytest.mark.integration
@pytest.mark.parametrize("command", REFUSED)
def test_bash_would_have_run_a_value_that_is_refused(tmp_path, command):
    (tmp_path / "run").write_text("#!/bin/sh\ntouch pwned\n")
    (tmp_path / "run").chmod(0o700)
    reference = "$x" if "<<E\n" in command else '"$x"'
    bash(command.replace(X, reference), tmp_path, x=REFUSED[command][1])
    assert (tmp_path / "pwned").exists()


@pytest.mark.integration
@pytest.mark.parametrize("command", TAKEN)
def test_what_is_taken_runs_no_value(tmp_path, command):
    (tmp_path / "script.sh").touch()
    (tmp_path / "script.py").touch()
    taken = refer(command)
    values = {value for _, value in REFUSED.values()}
    for value in values:
        bash(taken, tmp_path, JUPYTER_ML_INPUTS_x=value)
        assert not (tmp_path / "pwned").exists(), value


@pytest.mark.integration
@pytest.mark.parametrize("command", OUTSIDE)
def test_what_is_outside_of_the_promise_runs_a_value(tmp_path, command):
    bash(refer(command), tmp_path, JUPYTER_ML_INPUTS_x=OUTSIDE[command])
    assert (tmp_path / "pwned").exists()
    assert f"`{command}`" in DOCUMENTATION.read_text()
