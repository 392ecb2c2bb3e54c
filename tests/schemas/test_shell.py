# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What the documentation promises of values in commands: a table of places and of values, through a real bash.

A value is one word, or a part of one, wherever it may stand. It splits nowhere, matches no files, and bash runs nothing
of it; where that is not known, the command is refused.
"""

from __future__ import annotations

import os
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.expressions import Expression, find
from jupyter_ml.schemas.shell import refer, variable
from tests.schemas.shell_places import PLACES, VALUES, X

REFUSED = {
    "bash -c 'echo ${{inputs.x}}'": "the code that bash gets",
    'bash -c "echo ${{inputs.x}}"': "as an argument behind the code",
    "bash -ec 'echo ${{inputs.x}}'": "the code that bash gets",
    "timeout 5 sh -c 'ls ${{inputs.x}}'": "the code that sh gets",
    "find . -exec bash -c 'echo ${{inputs.x}}' \\;": "the code that bash gets",
    "python -c 'print(\"${{inputs.x}}\")'": "the code that python gets",
    "python3.11 -u -c 'print(\"${{inputs.x}}\")'": "the code that python gets",
    "perl -ne 'print ${{inputs.x}}' f": "the code that perl gets",
    "node -e 'f(${{inputs.x}})'": "the code that node gets",
    "Rscript -e 'f(${{inputs.x}})'": "the code that Rscript gets",
    "psql -c 'select ${{inputs.x}}'": "the code that psql gets",
    "psql -h host -tAc 'select ${{inputs.x}}'": "the code that psql gets",
    "psql db <<EOF\nselect ${{inputs.x}}\nEOF": "code for psql",
    "psql -d db -f <(echo ${{inputs.x}})": "code for psql",
    "psql -d $(echo ${{inputs.x}}) -f a": "put quotes around",
    "mysql -u me -e 'select ${{inputs.x}}'": "the code that mysql gets",
    "node -pe 'f(${{inputs.x}})'": "the code that node gets",
    "awk '{print ${{inputs.x}}}' f": "the code that awk gets",
    "awk -F , '{print ${{inputs.x}}}' f": "the code that awk gets",
    "awk -v x=${{inputs.x}} '{print x}' f": "use ENVIRON",
    "sed s/a/${{inputs.x}}/ f": "the code that sed gets",
    "sed -e s/a/${{inputs.x}}/ f": "the code that sed gets",
    "jq '.a = ${{inputs.x}}' f": "the code that jq gets",
    "eval ${{inputs.x}}": "run by eval as code",
    "eval 'echo ${{inputs.x}}'": "run by eval as code",
    "trap 'echo ${{inputs.x}}' EXIT": "run by trap as code",
    "ssh host ls ${{inputs.x}}": "run by ssh as code",
    "echo ${{inputs.x}} | bash": "code for bash",
    "echo ${{inputs.x}} | cat | sh -s": "code for sh",
    "echo ${{inputs.x}} | python -": "code for python",
    "bash <<< ${{inputs.x}}": "code for bash",
    "bash <<EOF\necho ${{inputs.x}}\nEOF": "code for bash",
    "python - <<EOF\nprint('${{inputs.x}}')\nEOF": "code for python",
    "cat <<EOF | bash\necho ${{inputs.x}}\nEOF": "code for bash",
    "cat <<'EOF'\n${{inputs.x}}\nEOF": "write <<EOF without quotes",
    "cat <<\\EOF\n${{inputs.x}}\nEOF": "write <<EOF without quotes",
    "cat <<${{inputs.x}}\na\n": "does not end with a plain word",
    "echo `basename ${{inputs.x}}`": "write $(…) instead",
    'echo "`basename ${{inputs.x}}`"': "write $(…) instead",
    "echo $((${{inputs.x}} + 1))": "where bash computes with it",
    "((y = ${{inputs.x}}))": "where bash computes with it",
    "for ((i = 0; i < ${{inputs.x}}; i++)); do echo; done": "where bash computes with it",
    "echo $[${{inputs.x}}]": "where bash computes with it",
    "let y=${{inputs.x}}": "a name for let",
    "[[ ${{inputs.x}} -eq 1 ]]": "is beside -eq",
    "if [[ 1 -lt ${{inputs.x}} ]]; then echo; fi": "is beside -lt",
    "[ -v ${{inputs.x}} ]": "is beside -v",
    "test -v ${{inputs.x}}": "is beside -v",
    "printf -v ${{inputs.x}} a": "a name for printf",
    "printf ${{inputs.x}} a": "a name for printf",
    'printf -v y "${{inputs.x}}"': "a name for printf",
    "printf -${{inputs.x}} a": "a name for printf",
    "wait -n ${{inputs.x}}": "a name for wait",
    "[ ${{inputs.x}} ${{inputs.x}} ]": "may be the operator",
    "test ! -${{inputs.x}} ${{inputs.x}}": "may be the operator",
    "declare -a y=${{inputs.x}}": "computed with by declare",
    'declare "y[${{inputs.x}}]=1"': "computed with by declare",
    "<<< ${{inputs.x}} bash": "code for bash",
    "cat <<< ${{inputs.x}} | sh": "code for sh",
    "read ${{inputs.x}}": "a name for read",
    "unset ${{inputs.x}}": "a name for unset",
    "declare -i y=${{inputs.x}}": "computed with by declare",
    "export ${{inputs.x}}": "computed with by export",
    "y[${{inputs.x}}]=1": "computes with it",
    "echo [${{inputs.x}}]": "put quotes around",
    "PS4=${{inputs.x}}": "as the value of PS4",
    "export PS4=${{inputs.x}}": "the value of PS4",
    "echo ${y:-${{inputs.x}}}": "is in ${…}",
    'echo "${y/a/${{inputs.x}}}"': "is in ${…}",
    "echo $'a${{inputs.x}}'": "is in $'…'",
    "echo ${y:-'}'} ${{inputs.x}}": "near ${…}",
    "echo \\${{inputs.x}}": "after a backslash",
    'echo "\\${{inputs.x}}"': "after a backslash",
    "echo $${{inputs.x}}": "comes after a $",
    "${{inputs.x}}": "the command itself",
    "${{inputs.x}} a": "the command itself",
    "./run-${{inputs.x}}.sh": "the command itself",
    "X=1 ${{inputs.x}}": "the command itself",
    "a && ${{inputs.x}}": "the command itself",
    "a | ${{inputs.x}}": "the command itself",
    "if ${{inputs.x}}; then a; fi": "the command itself",
    "exec ${{inputs.x}}": "the command itself",
    "env -i X=1 ${{inputs.x}}": "the command itself",
    "timeout 5 ${{inputs.x}}": "the command itself",
    "${{inputs.x}}=5": "the command itself",
    'echo "$(${{inputs.x}})"': "the command itself",
    "echo $(echo ${{inputs.x}}": "not closed",
    "echo " + "$(echo " * 1_000 + "${{inputs.x}}" + ")" * 1_000: "too deep",
}


def run(command, value, cwd):
    variables = {variable(expression): value for expression in find(command)}
    variables = {
        name: value.replace("/", "_")[:200] if "OUTPUTS" in name else value for name, value in variables.items()
    }
    done = subprocess.run(
        ["bash", "-c", refer(command)], cwd=cwd, env=os.environ | variables, capture_output=True, check=False
    )
    return done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def folder(tmp_path):
    """A folder with files that globs would find."""
    (tmp_path / "a").touch()
    (tmp_path / "b c").touch()
    (tmp_path / "show.sh").write_text('printf "<%s>" "$@"')
    return tmp_path


@pytest.mark.integration
@pytest.mark.parametrize("place", PLACES)
def test_a_value_is_one_word_in_every_place(folder, place):
    command, shown = PLACES[place]
    before = sorted(folder.iterdir())
    for value in VALUES:
        out, errors = run(command, value, folder)
        if shown is not None:
            assert out == shown.replace("{}", value), (value, errors)
        assert not errors, value
        made = {path for path in folder.iterdir() if not path.name.startswith("out-")}
        assert sorted(made) == before, value


@pytest.mark.parametrize("command", REFUSED)
def test_a_place_where_it_would_be_more_is_refused(command):
    with pytest.raises(InvalidInputError) as caught:
        refer(command)
    assert REFUSED[command] in str(caught.value)
    assert caught.value.field == "command"
    assert str(caught.value).startswith("command: line ")
    assert X in str(caught.value)


FRAGMENTS = st.sampled_from(
    [
        *[X] * 3, *"'\"\\`$(){}[]  \n#;&|<>=a~*!",
        *["$(", "${", "((", "))", "$'", '$"', "[[ ", " ]]", "<<EOF", "\nEOF\n", "<<'EOF'", "<<<", ";;", "y=", "-v "],
        *["echo ", "printf '<%s>' ", "cat ", "eval ", "bash -c ", "test ", "export ", "declare "],
        *["<(", "< ", "| ", "bash ", "source ", "xargs ", "sh -c ", "{ ", "; }", "a=(1); ", "a=", "declare -i a; "],
        *["case a in a) ", " esac", "if ", "then ", "fi", "for y in ", "do ", "done"],
    ]
)  # fmt: skip


@pytest.mark.integration
@given(st.lists(FRAGMENTS, min_size=2, max_size=14).map("".join))
@settings(max_examples=200)
def test_no_command_that_is_taken_runs_a_value(tmp_path_factory, command):
    folder = tmp_path_factory.getbasetemp() / "fuzz"
    folder.mkdir(exist_ok=True)
    try:
        taken = refer(command)
    except InvalidInputError:
        return
    assert X not in taken
    for value in ("$(touch pwned)", "x\ntouch pwned\n", "a[$(touch pwned)]", "'\"`touch pwned`\"'"):
        env = {"PATH": os.environ["PATH"], **{variable(each): value for each in find(command)}}
        command_line = ["timeout", "5", "bash", "-c", taken]
        subprocess.run(command_line, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        assert not (folder / "pwned").exists(), (taken, value)


def test_names_of_variables_do_not_meet():
    assert variable(Expression("inputs", "x")) != variable(Expression("outputs", "x"))
    assert variable(Expression("inputs", "x")) != variable(Expression("inputs", "X"))


def test_what_has_no_expressions_is_left_alone():
    for command in ("echo '", "bash -c 'eval $x'", "cat <<EOF", "$(", "a `b"):
        assert refer(command) == command


@pytest.mark.parametrize(
    "text",
    [
        "echo ${{inputs.x}} " * 4_000,
        "echo '" + "a" * 90_000 + "' ${{inputs.x}}",
        "[[ " + "a " * 40_000 + "${{inputs.x}} ]]",
    ],
)
def test_long_commands_are_read(text):
    assert X not in refer(text)


AZURE = [
    'echo "--iris-csv: ${{inputs.x}}"\npython3 -c "" --iris-csv ${{inputs.x}}',
    "ls ${{inputs.x}}",
    "ls ${{inputs.x}}\necho \"--iris-csv: ${{inputs.x}}/iris.csv\"\ncat < ${{inputs.x}} > ${{outputs.y}}/a",
    "python main.py --iris-csv ${{inputs.x}} --learning-rate ${{inputs.x}} --boosting ${{inputs.x}}",
    "pip install -r requirements.txt && python -m train --x ${{inputs.x}} || exit 1",
    "python hello.py --string_example '${{inputs.x}}' --int \"${{inputs.x}}\" --out ${{outputs.y}}",
    "mkdir -p ${{outputs.y}} && cp -r ${{inputs.x}}/* ${{outputs.y}}",
    "conda run -n env python train.py -c ${{inputs.x}} -e ${{inputs.x}}",
    "deepspeed --num_gpus 2 train.py --deepspeed_config ${{inputs.x}}",
    "mpirun -np 2 python train.py --data ${{inputs.x}}",
]  # fmt: skip


@pytest.mark.integration
@pytest.mark.parametrize("command", AZURE)
def test_commands_as_in_azures_examples_are_taken(command):
    done = subprocess.run(["bash", "-n", "-c", refer(command)], capture_output=True, check=False)
    assert not done.stderr
