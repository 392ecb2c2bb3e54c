# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""References are read in every spelling of Azure's examples, and written in one; an error names the mistake."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.reference_fields import ComputeName
from jupyter_ml.schemas.references import AssetRef, DatastorePath, JobOutput, LocalPath, Url, parse_reference

WORKSPACE = "subscriptions/1a-2b/resourcegroups/my group/workspaces/ws"


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("azureml:titanic:1", AssetRef("titanic", "1")),
        ("azureml:nccltests:openmpi4.1.0-cuda11.1", AssetRef("nccltests", "openmpi4.1.0-cuda11.1")),
        ("azureml:AzureML-sklearn-1.5@latest", AssetRef("AzureML-sklearn-1.5", label="latest")),
        ("azureml:cpu-cluster", AssetRef("cpu-cluster")),
        ("azureml://data/titanic/versions/1.10", AssetRef("titanic", "1.10", kind="data")),
        ("azureml://data/titanic/labels/latest", AssetRef("titanic", label="latest", kind="data")),
        (
            "azureml://registries/azureml/environments/sklearn-1.5/labels/latest",
            AssetRef("sklearn-1.5", label="latest", kind="environments", scope="registries/azureml"),
        ),
        (
            "azureml://registries/azureml/components/automl_hts_training",
            AssetRef("automl_hts_training", kind="components", scope="registries/azureml"),
        ),
        (
            "azureml://locations/westus3/workspaces/f713c34a/models/GPT-2B/versions/1",
            AssetRef("GPT-2B", "1", kind="models", scope="locations/westus3/workspaces/f713c34a"),
        ),
        ("azureml://datastores/lake/paths/a b/c:1@x.csv", DatastorePath("lake", "a b/c:1@x.csv")),
        ("azureml://datastores/lake/paths/100%25.csv", DatastorePath("lake", "100%25.csv")),
        ("azureml://datastores/lake/paths/", DatastorePath("lake")),
        (f"azureml://{WORKSPACE}/datastores/lake/paths/x/", DatastorePath("lake", "x/", WORKSPACE)),
        (f"azureml://{WORKSPACE}/data/d/versions/1", AssetRef("d", "1", kind="data", scope=WORKSPACE)),
        ("azureml://jobs/j-1/outputs/artifacts/paths/model/", JobOutput("j-1", "artifacts", "model/")),
        ("azureml://jobs/j-1/outputs/model/paths/paths/x", JobOutput("j-1", "model", "paths/x")),
        ("https://example.org/a%20b.csv?version=2", Url("https://example.org/a%20b.csv?version=2")),
        ("wasbs://datasets@account.blob.core.windows.net/iris.csv",) * 2,
        ("s3://bucket/a b.csv",) * 2,
        ("file:///data/x.csv",) * 2,
        ("runs:/0123/model",) * 2,
        ("models:/m-0123",) * 2,
        ("../data/12:30.csv",) * 2,
        ("titanic:1",) * 2,
        ("titanic@latest",) * 2,
        ("./c:/data",) * 2,
        ("~/données/\u200f.csv",) * 2,
        ("./ x",) * 2,
        ("./file:/x",) * 2,
        ("a:b/c",) * 2,
    ],
)
def test_each_spelling_has_one_meaning_and_is_written_as_it_was_read(text, reference):
    if isinstance(reference, str):
        reference = Url(text) if ":/" in text[:8] and text[0] != "." else LocalPath(text)
    assert parse_reference(text) == reference
    assert str(reference) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("AzureML:titanic:1", "azureml:titanic:1"),
        ("azureml://data/titanic@latest", "azureml://data/titanic/labels/latest"),
        ("azureml://datastores/lake", "azureml://datastores/lake/paths/"),
        ("azureml://datastores/lake/paths", "azureml://datastores/lake/paths/"),
        ("azureml://jobs/j/outputs/model", "azureml://jobs/j/outputs/model/paths/"),
        ("azureml://jobs/j/outputs/model/paths", "azureml://jobs/j/outputs/model/paths/"),
        ("azureml://jobs/j/outputs/artifacts/outputs/m.pkl", "azureml://jobs/j/outputs/artifacts/paths/outputs/m.pkl"),
        (
            "azureml:/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/data/d",
            "azureml://subscriptions/s/resourcegroups/g/workspaces/w/data/d",
        ),
    ],
)
def test_other_spellings_become_the_canonical_one(text, canonical):
    assert str(parse_reference(text)) == canonical


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("titanic", AssetRef("titanic")),
        ("titanic:1", AssetRef("titanic", "1")),
        ("titanic@prod", AssetRef("titanic", label="prod")),
        ("azureml:titanic:1", AssetRef("titanic", "1")),
        ("azureml://data/titanic/versions/1", AssetRef("titanic", "1", kind="data")),
    ],
)
def test_where_only_an_asset_is_expected_the_prefix_is_optional(text, reference):
    assert AssetRef.parse(text) == reference
    assert AssetRef.parse(str(reference)) == reference
    assert reference.kind or AssetRef.parse(reference.short) == reference


@pytest.mark.parametrize("parse", [parse_reference, AssetRef.parse])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("azureml:titanic:", "the version is empty"),
        ("azureml:titanic@", "the label is empty"),
        ("azureml:titanic:latest", "'latest' is a label, not a version: write titanic@latest"),
        ("azureml://data/titanic/versions/latest", "write titanic@latest"),
        ("azureml::1", "the name is empty"),
        ("azureml:", "the name is empty"),
        ("azureml:tit anic:1", "the name 'tit anic' is not valid: it has letters, digits"),
        ("azureml:titanic:1@latest", "the name 'titanic:1' is not valid"),
        ("azureml:titanic:1/2", "the version '1/2' is not valid"),
        ("azureml:..:1", "the name '..' is not valid"),
        ("azureml:a%2e:1", "the name 'a%2e' is not valid"),
        (f"azureml:{'n' * 256}:1", "255 characters at most"),
        ("azureml:\u202edata:1", r"the name '\u202edata' is not valid"),
        ("azureml:a\0:1", r"the name 'a\x00' is not valid"),
        ("azureml://datastore/lake/paths/x", "unknown 'datastore' (did you mean 'datastores'?): write azureml://data"),
        ("azureml://datastores/lake/path/x", "expected 'paths' instead of 'path'"),
        ("azureml://datastores//paths/x", "the name of the datastore is empty"),
        ("azureml://data/titanic/version/1", "unknown 'version' (did you mean 'versions'?)"),
        ("azureml://data/titanic/versions", "the version is empty"),
        ("azureml://jobs/j/x/model", "expected 'outputs' instead of 'x'"),
        ("azureml://registries/azureml", "unknown 'registries'"),
        ("azureml://computes/gpu", "a compute contains no data; to run a job on it, write compute: azureml:NAME"),
        ("azureml://", "unknown ''"),
        ("azureml://datastores/lake/paths/a/../../b", "the path 'a/../../b' has '..'"),
        ("azureml://datastores/lake/paths/%2E%2e/b", "the path '%2E%2e/b' has '..'"),
        ("azureml://datastores/lake/paths/a\\..\\b", "has '..'"),
        ("azureml://jobs/j/outputs/o/paths/a%2f..", "has '..'"),
        ("azureml://datastores/lake/paths/a\0b", "invisible character U+0000"),
        ("azureml://datastores/lake/paths/a%00b", "invisible character U+0000"),
        ("azureml://datastores/lake/paths/\u202egpj.csv", r"'\u202egpj.csv' has the invisible character U+202E"),
        ("https://example.org/\u2066x", "invisible character U+2066"),
        ("https://", "'https://' has nothing after its scheme"),
        ("http://[x", "not a valid http URL"),
    ],
)
def test_the_mistake_is_named_with_the_text(parse, text, message):
    with pytest.raises(InvalidInputError) as caught:
        parse(text)
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must not be empty"),
        ("a\0b", r"'a\x00b' cannot be a path: it has a NUL character"),
        (r"C:\data\x.csv", "is a path of Windows; if C: is a directory, write ./C:/"),
        ("c:/data", "is a path of Windows"),
        (r"\\server\share", "is a network path of Windows: mount it"),
        (" /data/x.csv", "' /data/x.csv' begins with a space: remove it, or write ./ before it"),
        ("\n", "begins with a space"),
        (
            "file:/x",
            "'file:/x' has too few slashes for a URL: write file:///…; if file: is part of a file name, write ./",
        ),
        ("dbfs:/x", "'dbfs:/x' has too few slashes for a URL: write dbfs://…"),
        ("s3:bucket/x", "write s3://…"),
        ("mlflow-artifacts:/x", "write mlflow-artifacts://…"),
        ("x" * 4_097, "has 4,097 characters; 4,096 are allowed"),
    ],
)
def test_a_path_that_cannot_be_one_is_refused(text, message):
    with pytest.raises(InvalidInputError) as caught:
        parse_reference(text)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("text", ["s3://bucket/key", "azureml://datastores/lake/paths/x", "azureml://jobs/j/outputs/o"])
def test_where_an_asset_is_expected_nothing_else_is_taken(text):
    with pytest.raises(InvalidInputError, match=r"is not an asset: write NAME, NAME:VERSION or NAME@LABEL"):
        AssetRef.parse(text)


@pytest.mark.parametrize("parse", [parse_reference, AssetRef.parse])
@pytest.mark.parametrize(
    "text",
    [
        "https://account.blob.core.windows.net/c/x.csv?sv=2022&sig=hunter2hunter2",
        "https://bucket.s3.amazonaws.com/x?X-Amz-Signature=hunter2hunter2",
        "https://example.org/x?access_token=hunter2hunter2",
        "https://user:hunter2hunter2@example.org/x.csv",
        "sftp://user:hunter2hunter2@example.org/x.csv",
        "http://hunter2hunter2:x@[y",
        "https://hunter2hunter2@github.com/owner/repository",
        "https://example.org/x?key=hunter2hunter2",
        "https://example.org/x?pwd=hunter2hunter2",
        "https://example.org/x?code=hunter2hunter2",
        "https://example.org/x#access_token=hunter2hunter2",
    ],
)
def test_a_url_with_a_secret_is_refused_and_not_shown(parse, text):
    with pytest.raises(InvalidInputError) as caught:
        parse(text)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", [" dir/x.ipynb", "file:x/a.ipynb", "dbfs:/x"])
def test_where_only_a_path_is_expected_it_may_resemble_a_url(text):
    assert parse_reference(text, only_path=True) == LocalPath(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("azureml://computes/gpu", "'azureml://computes/gpu' is not a compute: write azureml:gpu or gpu"),
        ("azureml:/subscriptions/s/resourceGroups/g/workspaces/w/computes/gpu", "write azureml:gpu or gpu"),
        ("azureml:gpu:1", "'azureml:gpu:1' is not a compute: write azureml:NAME or NAME"),
        ("azureml://datastores/a/paths/", "is not a compute: write azureml:NAME or NAME"),
    ],
)
def test_what_is_not_a_compute_is_refused_without_forms_of_data(text, message):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(ComputeName).validate_python(text)
    assert message in str(caught.value)


def test_a_compute_has_a_name_with_or_without_the_prefix_of_azure_ml():
    assert {TypeAdapter(ComputeName).validate_python(text) for text in ("gpu", "azureml:gpu", "AzureML:gpu")} == {"gpu"}


names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
segments = st.text(st.characters(codec="utf-8", exclude_characters="/\\%"), min_size=1, max_size=9).filter(
    lambda text: text.isprintable() and text != ".."
)
paths = st.lists(segments, max_size=4).map("/".join)
scopes = (
    st.none() | st.builds("registries/{}".format, names) | st.builds("locations/{}/workspaces/{}".format, names, names)
)
kinds = st.sampled_from(["components", "data", "environments", "models"])
references = st.one_of(
    st.builds(AssetRef, names),
    st.builds(AssetRef, names, version=names),
    st.builds(AssetRef, names, label=names, kind=kinds, scope=scopes),
    st.builds(AssetRef, names, version=names, kind=kinds, scope=scopes),
    st.builds(DatastorePath, names, paths, scopes),
    st.builds(JobOutput, names, names, paths, scopes),
)


@given(references)
@example(JobOutput("j", "o", "paths"))
def test_every_reference_is_read_from_its_text(reference):
    assert parse_reference(str(reference)) == reference


WORDS = (
    "azureml: AZUREML:// // / : @ %2e .. data datastores jobs outputs paths versions labels registries subscriptions \
resourcegroups workspaces https:// C:\\ \0"
)
pieces = st.sampled_from(WORDS.split(" "))


@given(st.text(max_size=30) | st.lists(pieces | st.text(max_size=5), max_size=12).map("".join))
def test_any_text_is_a_reference_that_its_text_returns_to_or_an_error_of_bounded_length(text):
    for parse in (parse_reference, AssetRef.parse):
        try:
            reference = parse(text)
        except InvalidInputError as error:
            message = str(error)
            assert 0 < len(message) < 1_000
        else:
            assert parse(str(reference)) == parse_reference(str(reference)) == reference
