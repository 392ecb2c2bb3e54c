# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import pytest

from tests.workspaces import write_notebook


@pytest.fixture(scope="module")
def workspace(make_workspace, tmp_path_factory):
    """Return a workspace that no test changes, in the directory of a notebook."""
    folder = tmp_path_factory.mktemp("errors")
    write_notebook(folder / "train.ipynb", "alpha", parameters="alpha: float = 1.0")
    (folder / "notes.txt").touch()
    with make_workspace(folder) as created:
        yield created


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (
            "%ml jbos",
            "there is no %ml jbos (did you mean 'jobs'?); there are: jobs, experiments, datastores, ",
        ),
        ("%ml job", "write %%ml job, not %ml job"),
        ("%%ml run\n1", "write %ml run, not %%ml run"),
        ("%%ml\n1", "write %%ml COMMAND; there are: job"),
        ("%ml show", "%ml show: the following arguments are required: NAME; see %ml help show"),
        ("%ml show missing", "%ml show: there is no job 'missing'"),
        ("%ml jobs foo:r2", "%ml jobs: unknown key 'foo'"),
        ("%ml jobs --limit 0", "%ml jobs: limit: "),
        ("%ml jobs --sort speed", "%ml jobs: sort: "),
        ("%ml run nope.ipynb", "nope.ipynb"),
        ("%ml run notes.txt", "expected a notebook or a script (.ipynb, .py, "),
        ("%ml run train.ipynb -p beta=1", "the notebook has no parameter 'beta'; it has: alpha"),
        ("%ml run train.ipynb -p alpha=x", "parameter 'alpha' takes float, but got 'x'"),
        ("%ml run train.ipynb --kernel nope", "there is no kernel 'nope'"),
        ("%ml run train.ipynb --compute moon", "moon"),
        ("%ml run train.ipynb --name 'a b'", "name: "),
        ("%ml run train.ipynb --timeout -1", "limits.timeout: "),
        ("%ml run train.ipynb --timeout -1 --retries -1", "; limits.timeout: "),
        ("%%ml job --secret NOT_SET_ANYWHERE\n1", "no value for NOT_SET_ANYWHERE"),
        ("%ml help jbos", "there is no %ml jbos (did you mean 'jobs'?)"),
    ],
)
def test_an_error_is_one_line(error_line, code, line):
    message = error_line(code)
    assert message.startswith("UsageError: ")
    assert line in message
