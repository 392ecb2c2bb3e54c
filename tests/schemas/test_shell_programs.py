# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Values as arguments and as input of programs: which are refused, which a real bash would run, which are everyday."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.shell import refer

X = "${{inputs.x}}"
RUN = "touch pwned"
BEHIND = "; touch pwned"
PYTHON = "open('pwned', 'w')"
PERL = "system 'touch pwned'"
SED = "/e;1e touch pwned;s/a/"
AWK = 'BEGIN {system("touch pwned")}'
SUBSCRIPT = "a[$(touch pwned)]"
# a value that a real bash runs
RUNS = {
    "{ cat <<E; } | bash\n${{inputs.x}}\nE": RUN,
    "( cat <<E ) | bash\n${{inputs.x}}\nE": RUN,
    "if true; then cat <<E; fi | bash\n${{inputs.x}}\nE": RUN,
    "case a in a) cat <<E;; esac | bash\n${{inputs.x}}\nE": RUN,
    "{ cat <<E; } | xargs -I{} sh -c 'ls {}'\n${{inputs.x}}\nE": BEHIND,
    "{ cat <<E; } | while read -r PS4; do set -x; :; done\n${{inputs.x}}\nE": "$(touch pwned)",
    "{ bash < /dev/stdin; } <<< ${{inputs.x}}": RUN,
    "echo ${{inputs.x}} | ( bash < /dev/stdin )": RUN,
    "exec 3<<< ${{inputs.x}}; bash < /dev/fd/3": RUN,
    "exec <<< ${{inputs.x}}; bash < /dev/stdin": RUN,
    "{ bash < /proc/self/fd/0; } <<< ${{inputs.x}}": RUN,
    "{ cat | bash; } <<< ${{inputs.x}}": RUN,
    "{ cat /dev/stdin | bash; } <<< ${{inputs.x}}": RUN,
    "{ f=/dev/stdin; bash < $f; } <<< ${{inputs.x}}": RUN,
    '{ echo "$(cat)" | bash; } <<< ${{inputs.x}}': RUN,
    "{ echo a | cat <&3 | bash; } 3<<< ${{inputs.x}}": RUN,
    "{ echo a | cat /dev/fd/3 | bash; } 3<<< ${{inputs.x}}": RUN,
    "{ bash < F <&3; } 3<<< ${{inputs.x}}": RUN,
    "{ bash 5< F; } <<< ${{inputs.x}}": RUN,
    "{ bash 0>&3; } 3<<< ${{inputs.x}}": RUN,
    'echo ${{inputs.x}} > F; x=$(cat F); echo "$x" | bash': RUN,
    'perl -MFile::Spec -e "${{inputs.x}};"': PERL,
    'perl -MTime::HiRes=time -e "${{inputs.x}};"': PERL,
    'perl -Mfeature=state -e "${{inputs.x}};"': PERL,
    "perl -e1 -e ${{inputs.x}}": f";{PERL}",
    "echo ${{inputs.x}} | perl -Mfeature=state": PERL,
    'python3 -Wonce -c "0;${{inputs.x}}"': PYTHON,
    "echo ${{inputs.x}} | python3 -Wonce": PYTHON,
    'bash --rcfile F -c "ls ${{inputs.x}}"': BEHIND,
    'bash --init-file F -c "ls ${{inputs.x}}"': BEHIND,
    'bash -euco pipefail "true ${{inputs.x}}"': BEHIND,
    'bash -ceuo pipefail "true ${{inputs.x}}"': BEHIND,
    "echo ${{inputs.x}} | bash --rcfile F": RUN,
    "python3 --check-hash-based-pycs always -c ${{inputs.x}}": PYTHON,
    'echo a | sed -l 5 "s/a/${{inputs.x}}/"': SED,
    'echo a | sed --line-length 5 "s/a/${{inputs.x}}/"': SED,
    'echo a | sed -n "s/a/${{inputs.x}}/"': SED,
    'sed F -e "s/a/${{inputs.x}}/"': SED,
    "awk -W posix ${{inputs.x}}": AWK,
    "python3 -i F <<< ${{inputs.x}}": PYTHON,
    "python3 -m code <<< ${{inputs.x}}": PYTHON,
    "python3 -Im code <<< ${{inputs.x}}": PYTHON,
    "python3 -m timeit -n 1 ${{inputs.x}}": PYTHON,
    "echo ${{inputs.x}} | bash /dev/./stdin": RUN,
    "echo ${{inputs.x}} | bash /dev//stdin": RUN,
    "SRANDOM=${{inputs.x}}": SUBSCRIPT,
    "read SRANDOM <<< ${{inputs.x}}": SUBSCRIPT,
    '$(which bash) -c "ls ${{inputs.x}}"': BEHIND,
    '"$(which python3)" -c ${{inputs.x}}': PYTHON,
    "${PYTHON:-python3} -c ${{inputs.x}}": PYTHON,
    '$SHELL -c "ls ${{inputs.x}}"': BEHIND,
    '$SHELL -c -- "ls ${{inputs.x}}"': BEHIND,
    '$SHELL -euco pipefail "true ${{inputs.x}}"': BEHIND,
    "$SHELL -c ${{inputs.x}} python F": RUN,
    "$(which env) python3 -c ${{inputs.x}}": PYTHON,
    "nice python3 -c ${{inputs.x}} bash F": PYTHON,
    "echo ${{inputs.x}} | $SHELL": RUN,
    "echo ${{inputs.x}} | $(which bash) -s": RUN,
    "$SHELL <<E\n${{inputs.x}}\nE": RUN,
    'script -qc "ls ${{inputs.x}}" log': BEHIND,
    'script -q -c "ls ${{inputs.x}}" log': BEHIND,
    'flock F -c "ls ${{inputs.x}}"': BEHIND,
    'git -c alias.x="!true ${{inputs.x}}" x': BEHIND,
    "git -c alias.x=${{inputs.x}} x": "!touch pwned",
    'gdb -batch -ex "shell true ${{inputs.x}}"': BEHIND,
    'sqlite3 :memory: ".shell true ${{inputs.x}}"': BEHIND,
    "sqlite3 :memory: <<< ${{inputs.x}}": ".shell touch pwned",
    "echo ${{inputs.x}} | ionice bash": RUN,
    "echo ${{inputs.x}} | taskset -c 0 bash": RUN,
    "echo ${{inputs.x}} | chrt -o 0 bash": RUN,
    "echo ${{inputs.x}} | setpriv bash": RUN,
    "f() { echo ${{inputs.x}}; }; f | bash": RUN,
    "env -S 'bash -c' ${{inputs.x}} y": RUN,
    "env -vS 'bash -c' ${{inputs.x}} y": RUN,
    "node --title foo -e ${{inputs.x}}": "require('fs').writeFileSync('pwned', '')",
}
NOT_EVERYWHERE = {"gdb", "sqlite3", "node", "perl", "git", "script", "flock", "ionice", "taskset", "chrt", "setpriv"}
# the programs are not installed where the tests run, or ask for more rights
REFUSED = [
    *('ruby -C . -e "p ${{inputs.x}}"', "julia -t 4 -e ${{inputs.x}}", "R -g Tk -e ${{inputs.x}}"),
    *('gawk -i inplace "{print ${{inputs.x}}}"', 'jq --slurpfile a f ".a = ${{inputs.x}}"', "gawk -e ${{inputs.x}}"),
    *("octave --eval ${{inputs.x}}", "matlab -batch ${{inputs.x}}", "pypy3 -c ${{inputs.x}}", "pwsh -c ${{inputs.x}}"),
    *("python3.13t -c ${{inputs.x}}", "ipython -c ${{inputs.x}}", 'sg users -c "ls ${{inputs.x}}"'),
    *('runuser -c "ls ${{inputs.x}}" me', "echo ${{inputs.x}} | unshare bash", 'tool --eval "f(${{inputs.x}})"'),
    *('tool -c "ls ${{inputs.x}}"', "tool --command='ls ${{inputs.x}}'", "bash --new-option F ${{inputs.x}}"),
    *('conda run -n python bash -c "ls ${{inputs.x}}"', 'tool -c "ls ${{inputs.x}}" python F'),
    *("gdb -ex ${{inputs.x}}", "echo ${{inputs.x}} | sqlite3", "echo ${{inputs.x}} | python3 --new-option F"),
]  # fmt: skip
SPLIT = [
    *("$(ls -d ${{inputs.x}} || echo ${{inputs.x}})", "$(basename ${{inputs.x}})"),
    *("a$(basename ${{inputs.x}})b", "a=$(basename ${{inputs.x}})", "b $(echo ${{inputs.x}})"),
]  # fmt: skip
EVERYDAY = """
python train.py --x ${{inputs.x}} --out "${{outputs.y}}/model" | tee log.txt
python -u -W ignore train.py -c ${{inputs.x}} -e "a ${{inputs.x}}" --name='run of ${{inputs.x}}'
python -m train --x=${{inputs.x}} && python3.11 -X utf8 -m pkg.main ${{inputs.x}}
python -m torch.distributed.run --nproc_per_node 2 train.py ${{inputs.x}}
X=${{inputs.x}} tool -c 'ls "$X"'
octave --no-gui a.m ${{inputs.x}}
ssh host ls; tmux new -d; python train.py ${{inputs.x}}
wget -qO- https://example.org/a.sh | bash -s -- -y; python train.py ${{inputs.x}}
uv pip install -e ${{inputs.x}}; pip install "package==${{inputs.x}}"
bash -lc 'conda activate a; python train.py --x "$1"' bash ${{inputs.x}}
torchrun --nproc_per_node=2 train.py --lr ${{inputs.x}}
accelerate launch --num_processes 2 train.py -c ${{inputs.x}}
CUDA_VISIBLE_DEVICES=0 X=${{inputs.x}} python train.py
env X=${{inputs.x}} python train.py
env -i X=${{inputs.x}} PATH="$PATH" python -c 'import os; print(os.environ["X"])'
export X=${{inputs.x}} && python -c 'print(1)' ${{inputs.x}}
python - ${{inputs.x}} <<'E'
python - <<'E' ${{inputs.x}}
timeout 60 python train.py ${{inputs.x}}
timeout ${{inputs.x}} python train.py
timeout -k 5 60 bash run.sh ${{inputs.x}}
nohup nice -n 10 python train.py ${{inputs.x}} > log 2>&1 & wait
taskset -c 0-3 python train.py ${{inputs.x}}
numactl --cpunodebind=0 python train.py ${{inputs.x}}
flock lock python train.py ${{inputs.x}}
bash script.sh ${{inputs.x}} -c ${{inputs.x}}
bash -eux script.sh ${{inputs.x}}
bash -c 'ls "$1"' bash ${{inputs.x}}
source env.sh; $RUN; "$PYTHON" -m train --x "${{inputs.x}}/a b"
"$PYTHON" train.py ${{inputs.x}}
$CONDA_PREFIX/bin/python train.py --x ${{inputs.x}}
conda run -n env python train.py --name "a ${{inputs.x}}"
pip install -r ${{inputs.x}}/requirements.txt
"$PYTHON" -m pip install ${{inputs.x}}
curl -LsSf https://example.org/install.sh | sh; uv run train.py ${{inputs.x}}
mkdir -p "${{outputs.y}}/a b" && cp -r ${{inputs.x}}/. ${{outputs.y}}
cat ${{inputs.x}}/*.csv > ${{outputs.y}}/all.csv
cat ${{inputs.x}} | sort -u | head -n 5
tar -xzf ${{inputs.x}} -C data
tar -C ${{inputs.x}} -czf "${{outputs.y}}/a.tar.gz" .
unzip -q ${{inputs.x}} -d "data/${{inputs.x}}"
curl -d "{\\"x\\": \\"${{inputs.x}}\\"}" https://example.org
curl -fL -o ${{outputs.y}} "https://example.org/${{inputs.x}}.csv"
wget -q "https://example.org/${{inputs.x}}" -O data.csv
find ${{inputs.x}} -name "*${{inputs.x}}*.csv" -delete
find . -name '*.csv' -exec cp {} ${{outputs.y}} \\;
git clone --depth 1 https://example.org/${{inputs.x}}.git
git commit -m "run with ${{inputs.x}}"
git -c user.name=${{inputs.x}} commit -m a
find . -name "a ${{inputs.x}}" -type f; echo -e "found\\n${{inputs.x}}"
docker run -e "X=a ${{inputs.x}}" image python train.py
git checkout ${{inputs.x}} -- .
grep -c ${{inputs.x}} f; grep -e "a ${{inputs.x}}" f
sed 's/a/b/' ${{inputs.x}}; sed -i -e 's/a/b/' -e 's/b/c/' ${{inputs.x}}; sed -n 1,5p ${{inputs.x}}
awk -F, '{print $1}' ${{inputs.x}}; awk -f prog.awk ${{inputs.x}}
jq -r '.a' ${{inputs.x}}; jq -n --arg x ${{inputs.x}} --argjson n 1 '{x: $x, n: $n}'
perl -ne 'print if /a/' ${{inputs.x}}; perl -pi -e 's/a/b/' ${{inputs.x}}; perl -MJSON script.pl ${{inputs.x}}
node --max-old-space-size=4096 train.js ${{inputs.x}}
Rscript --vanilla train.R --x ${{inputs.x}}; R --no-save -f a.R --args ${{inputs.x}}
julia --project=. train.jl ${{inputs.x}}; julia -t 4 train.jl ${{inputs.x}}
sqlite3 ${{inputs.x}} 'select 1'; sqlite3 -header -csv ${{inputs.x}} 'select 1' > ${{outputs.y}}
psql -h host -v x=${{inputs.x}} -f query.sql
for f in ${{inputs.x}}/*; do python train.py "$f" --x ${{inputs.x}}; done
for i in $(seq 1 ${{inputs.x}}); do python train.py --seed "$i"; done
if [ -f ${{inputs.x}} ]; then echo "found ${{inputs.x}}"; else exit 1; fi
if [[ ${{inputs.x}} == *.csv ]]; then python train.py; fi
[ ${{inputs.x}} -gt 1 ] && python train.py
case ${{inputs.x}} in a) echo 1;; *) echo 2;; esac
while read -r line; do echo "$line"; done < ${{inputs.x}}
n="$(wc -l < ${{inputs.x}})"; echo "$n lines"
name=$(basename ${{inputs.x}}); python train.py --name "$name"
python train.py --name "$(basename ${{inputs.x}} .csv)"
python train.py < ${{inputs.x}} > ${{outputs.y}}
set -euo pipefail; trap 'rm -rf tmp' EXIT; python train.py ${{inputs.x}}
cd ${{inputs.x}} && make -j 4 DATA=${{inputs.x}}
docker run --rm -v ${{inputs.x}}:/data -e X=${{inputs.x}} image python train.py --x ${{inputs.x}}
papermill a.ipynb b.ipynb -p x ${{inputs.x}}
jupyter nbconvert --execute --to html ${{inputs.x}}
mpirun -np 2 -x X=${{inputs.x}} python train.py ${{inputs.x}}
make -C "${{inputs.x}}/src" all; rsync -a -e ssh ${{inputs.x}}/ ${{outputs.y}}/
printf '%s\\n' ${{inputs.x}} | xargs -n 1 python train.py
mlflow run . -e main -P alpha=${{inputs.x}}
dvc pull ${{inputs.x}}; aws s3 cp ${{inputs.x}} "s3://bucket/${{inputs.x}}" --recursive
""".strip().splitlines()


def bash(command, folder, value):
    variables = {"SHELL": "/bin/bash", "HOME": str(folder), "x": value, "JUPYTER_ML_INPUTS_x": value}
    subprocess.run(
        ["timeout", "10", "bash", "-c", command],
        cwd=folder,
        env=os.environ | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("command", [*RUNS, *REFUSED])
def test_a_program_that_could_run_a_value_is_refused(command):
    with pytest.raises(InvalidInputError, match=r"command: line [12]: "):
        refer(command)


@pytest.mark.integration
@pytest.mark.parametrize("command", RUNS)
def test_bash_runs_the_value_that_is_refused(tmp_path, command):
    missing = [name for name in NOT_EVERYWHERE & set(re.findall(r"\w+", command)) if not shutil.which(name)]
    if missing:
        pytest.skip(f"{missing[0]} is not installed")
    (tmp_path / "F").write_text("\n")
    bash(_substituted(command), tmp_path, RUNS[command])
    assert (tmp_path / "pwned").exists()


def _substituted(command):
    """Return the command with a reference to the variable in place of the expression."""
    before, after = command.split(X)
    inside = before.count('"') % 2 == 1 or "<<E" in command
    return f"{before}$x{after}" if inside else f'{before}"$x"{after}'


@pytest.mark.integration
@pytest.mark.parametrize("word", SPLIT)
def test_output_that_bash_would_split_is_refused(tmp_path, word):
    command = f"printf '<%s>' {word} > out"
    bash(command.replace(X, '"$x"'), tmp_path, "b c")
    assert (tmp_path / "out").read_text().count("<") > 1
    with pytest.raises(InvalidInputError, match="put quotes around"):
        refer(command)


@pytest.mark.integration
@pytest.mark.parametrize("command", EVERYDAY)
def test_an_everyday_command_is_accepted(command):
    text = f"{command}\nprint()\nE\n" if "<<'E'" in command else command
    done = subprocess.run(["bash", "-n", "-c", refer(text)], capture_output=True, check=False)
    assert not done.stderr
