# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Keys of machines over SSH, and of Azure ML's virtual machines, are supported, mapped, or refused with a reason."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.compute_types import ComputeCreate, SshCreate
from jupyter_ml.schemas.fields import read_fields
from jupyter_ml.schemas.validation import validated

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAd3N6Nf0cGpHoyhYw8gZ7mR8R1YdGZ6mZ8p6gqU0o4m"


def machine(**keys) -> SshCreate:
    made = validated(ComputeCreate, {"name": "lab", "type": "ssh", "host": "lab", **keys})
    assert isinstance(made, SshCreate)
    return made


def test_a_file_of_azure_ml_is_read(tmp_path):
    (tmp_path / "vm.yml").write_text(
        "$schema: https://azuremlschemas.azureedge.net/latest/vmCompute.schema.json\n"
        "name: vm-example\ntype: virtualmachine\nhost: 10.0.0.4\n"
        "ssh_settings:\n  admin_username: azureuser\n  ssh_port: 2222\n  ssh_private_key_file: ~/.ssh/id_rsa\n"
    )
    spec = read_fields(ComputeCreate, tmp_path / "vm.yml", [])
    assert isinstance(spec, SshCreate)
    assert (spec.type, spec.host, spec.username, spec.port) == ("ssh", "10.0.0.4", "azureuser", 2222)
    assert (spec.private_key_file, spec.python, spec.attached) == ("~/.ssh/id_rsa", "python3", True)
    assert spec.type_settings()["directory"] == "~/.jupyter-ml"


def test_a_host_key_is_kept():
    assert machine(host_key=f"{KEY} root@lab").host_key == f"{KEY} root@lab"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"resource_id": "/subscriptions/x"}, "resource_id: names a machine of Azure; write its address as host"),
        (
            {"ssh_settings": {"admin_password": "Geheim-123"}},
            "store it with jupyter ml vault set NAME, and write passw",
        ),
        ({"password": "Geheim-123"}, "write password_secret: NAME, so that it is in no file"),
        ({"ssh_settings": "x"}, "ssh_settings: must be an object"),
        ({"ssh_settings": {"port": 22}}, "ssh_settings.port: unknown key"),
        ({"identity": {"type": "system_assigned"}}, "a machine has no identity in a cloud"),
        ({"host": "-oProxyCommand=x"}, "host: "),
        ({"host": "a b"}, "host: "),
        ({"port": 0}, "port: must be 1 or more"),
        ({"username": "$(reboot)"}, "username: "),
        ({"python": "python3; reboot"}, "python: "),
        ({"directory": "here"}, "directory: "),
        ({"private_key_file": "id_rsa"}, "private_key_file: "),
        ({"host_key": "ssh-ed25519 nothing"}, "is not a public key, such as"),
        ({"host_key": "AAAA"}, "is not a public key, such as"),
    ],
)
def test_what_is_wrong_is_named(keys, message):
    with pytest.raises(InvalidInputError) as error:
        machine(**keys)
    assert message in str(error.value)
    assert "Geheim" not in str(error.value)


def test_a_host_is_required():
    with pytest.raises(InvalidInputError, match="host: "):
        validated(ComputeCreate, {"name": "lab", "type": "virtualmachine"})
