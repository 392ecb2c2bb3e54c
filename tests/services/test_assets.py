# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The service of a kind of versioned asset that is only declared, and what a kind can add to it."""

from __future__ import annotations

import getpass

import pytest

from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError
from jupyter_ml.schemas.assets import AssetSource
from jupyter_ml.services.assets import AssetService
from tests.kinds import PAPER, paper_store
from tests.workspaces import TIMEOUT_S


class PaperService(AssetService):
    """Papers with a rule for each step of their life."""

    def _check(self, spec):
        if spec.pages == 0:
            raise InvalidInputError("pages: must be more than 0", field="pages")
        return spec.model_copy(update={"description": spec.description or f"{spec.pages} pages"})

    def _created(self, resource):
        self.created = [*getattr(self, "created", []), resource.reference]

    def _before_delete(self, name):
        if self.get(name).tags.get("keep"):
            raise ConflictError(f"paper {name!r} is kept")


@pytest.fixture
def service(workspace):
    context = workspace._context
    return PaperService(context, PAPER, paper_store(context.store))


def test_a_version_has_the_user_and_what_created_it(service):
    assert service.create({"name": "a"}).created_by == getpass.getuser()
    assert service.create({"name": "a"}, source=AssetSource(job="job-1")).source == AssetSource(job="job-1")
    assert service.get("azureml:a:1").source is None


def test_assets_are_listed_by_their_latest_version_and_by_name(service):
    for name in ("a", "b", "a"):
        service.create({"name": name, "pages": 1})
    assert [(each.name, each.version) for each in service.list().items] == [("a", "2"), ("b", "1")]
    assert [each.version for each in service.versions("a").items] == ["2", "1"]
    assert [row[:2] for row in service.table(PAPER.query(name="a")).rows()] == [["a", "2"], ["a", "1"]]
    with pytest.raises(NotFoundError, match="there is no paper 'c'"):
        service.versions("c")


def test_every_change_notifies_other_processes(service, workspace):
    with workspace._context.listen() as listener:
        for change in (
            lambda: service.create({"name": "a", "labels": ["prod"]}),
            lambda: service.update("a@prod", {"tags": {"x": "1"}}),
            lambda: service.archive("a:1"),
            lambda: service.restore("a"),
            lambda: service.delete("a"),
        ):
            change()
            assert listener.wait(TIMEOUT_S)


def test_a_kind_adds_rules_to_creation_and_deletion(service):
    with pytest.raises(InvalidInputError, match="must be more than 0"):
        service.create({"name": "a", "pages": 0})
    assert service.create({"name": "a", "pages": 3, "tags": {"keep": "yes"}}).description == "3 pages"
    assert service.created == ["a:1"]
    with pytest.raises(ConflictError, match="'a:1' is kept"):
        service.delete("a:1")
    service.update("a:1", {"tags": {"keep": None}})
    service.delete("a:1")
    assert service.list().total == 0


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, "name: this key is required"),
        ({"name": "a b"}, "name: a name, version or label has letters, digits, . _ and -"),
        ({"name": "a", "version": ""}, "version: a name, version or label has"),
        ({"name": "a", "version": "1/2"}, "version: a name, version or label has"),
        ({"name": "a", "version": "latest"}, "version: 'latest' is the label of the newest version, not a version"),
        ({"name": "a", "labels": ["latest"]}, "'latest' is the label of the newest version, which is not set"),
        ({"name": "a", "labels": ["b:c"]}, "labels.0: a name, version or label has"),
        ({"name": "a", "tags": {"": "x"}}, "tags.: must not be empty"),
        ({"name": "a", "latest": True}, "latest: unknown key"),
        ({"name": "a", "created_by": "root"}, "created_by: unknown key"),
    ],
)
def test_a_version_that_is_not_valid_is_refused(service, spec, message):
    with pytest.raises(InvalidInputError) as caught:
        service.create(spec)
    assert message in str(caught.value)
    assert service.list().total == 0


@pytest.mark.parametrize("field", ["pages", "version", "name", "properties"])
def test_the_content_of_a_version_does_not_change(service, field):
    service.create({"name": "a", "pages": 3})
    with pytest.raises(InvalidInputError, match=f"{field}: does not change: create another version"):
        service.update("a:1", {field: "4"})
