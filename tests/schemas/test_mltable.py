# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas import yaml
from jupyter_ml.schemas.mltable import read_mltable
from jupyter_ml.schemas.mltable_filters import Both, ColumnName, Comparison, Not, parse_filter

PATHS = "paths:\n- file: ./a.csv\n"


def read(transformations: str, paths: str = PATHS) -> list[tuple[str, object]]:
    table = read_mltable(f"{paths}transformations:\n{transformations}", "MLTable")
    return [(step.name, step.value) for step in table.transformations]


def test_what_azure_ml_writes() -> None:
    table = read_mltable(
        "$schema: https://azuremlschemas.azureedge.net/latest/MLTable.schema.json\n"
        "type: mltable\npaths:\n  - pattern: ./*.csv\n  - folder: more\n"
        "transformations:\n  - read_delimited:\n      delimiter: ';'\n      header: from_first_file\n"
        "      encoding: ascii\n"
        '  - drop_columns: ["a"]\n  - keep_columns: b\n  - skip: 1\n  - take: 2\n'
        "  - take_random_sample:\n      probability: 0.5\n      seed: 7\n",
        "MLTable",
    )
    assert [(each.kind, each.value) for each in table.paths] == [("pattern", "./*.csv"), ("folder", "more")]
    assert table.reader is not None
    assert table.reader.model_dump(include={"delimiter", "header"}) == {"delimiter": ";", "header": "from_first_file"}
    assert [step.name for step in table.transformations] == [
        "drop_columns",
        "keep_columns",
        "skip",
        "take",
        "take_random_sample",
    ]
    assert table.place_of(2) == "MLTable:13: skip"


@pytest.mark.parametrize("reader", ["- read_parquet", "- read_parquet:", "- read_parquet: {}"])
def test_a_reader_without_arguments(reader: str) -> None:
    table = read_mltable(f"{PATHS}transformations:\n{reader}\n- take: 1\n", "MLTable")
    assert type(table.reader).__name__ == "ReadParquet"
    assert table.place_of(0) == "MLTable:5: take"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "MLTable: paths: this key is required"),
        ("paths: []\n", "MLTable:1: paths: "),
        ("paths:\n- {}\n", "MLTable:2: paths.0: give one of file, folder, pattern"),
        ("paths:\n- file: a\n  folder: b\n", "MLTable:2: paths.0: give one of file, folder, pattern"),
        (f"type: csv\n{PATHS}", "MLTable:1: type: must be 'mltable'"),
    ],
)
def test_invalid_files(text: str, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_mltable(text, "MLTable")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("- read_delta_lake:\n    version: 1\n", "transformations.0.read_delta_lake: Delta Lake is not supported yet"),
        ("- read_parqet\n", "MLTable:4: transformations.0.read_parqet: unknown key (did you mean 'read_parquet'?)"),
        ("- take: 1\n- read_parquet\n", "MLTable:5: read_parquet: has to be the first transformation"),
        ("- read_parquet\n- read_parquet\n", "MLTable:5: read_parquet: has to be the first transformation"),
        ("- take: 1\n  skip: 1\n", "MLTable:4: transformations.0: give one transformation for each entry"),
        ("- take:\n", "MLTable:4: transformations.0: give one transformation for each entry"),
        ("- take: -1\n", "transformations.0.take: must be 0 or more (got -1)"),
        ("- take: many\n", "transformations.0.take: must be a whole number (got many)"),
        ("- take_random_sample:\n    probability: 2\n", "MLTable:5: transformations.0.take_random_sample.probability:"),
        ("- keep_columns: []\n", "MLTable:4: transformations.0.keep_columns:"),
        ("- read_delimited:\n    encoding: ebcdic\n", "MLTable:5: transformations.0.read_delimited.encoding: must be"),
        (
            "- convert_column_types:\n  - columns: a\n    column_type: decimal\n",
            "MLTable:6: transformations.0.convert_column_types.0.column_type: must be int, float",
        ),
        (
            "- convert_column_types:\n  - columns: a\n    column_type:\n      boolean:\n        true_values: [x]\n",
            "MLTable:6: transformations.0.convert_column_types.0.column_type: give true_values and false_values",
        ),
        ('- filter: __import__("os").system("x")\n', "MLTable:4: transformations.0.filter: __import__('os')"),
        ("- x\n" * 101, "transformations: may have 100 entries at most"),
    ],
)
def test_invalid_transformations(steps: str, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read(steps)
    assert message in str(caught.value)


def test_a_large_file() -> None:
    with pytest.raises(InvalidInputError, match="characters, which an MLTable file may have"):
        read_mltable("#" * (yaml.MAX_BYTES + 1), "MLTable")


def test_conditions() -> None:
    age, name = ColumnName("age"), ColumnName("na me")
    assert parse_filter(' col("age") > 30 and not (col("na me") == "x\'y" or -1.5 <= col("age") < 9)') == Both(
        "AND",
        (
            Comparison(age, ">", 30),
            Not(
                Both(
                    "OR",
                    (
                        Comparison(name, "=", "x'y"),
                        Both("AND", (Comparison(-1.5, "<=", age), Comparison(age, "<", 9))),
                    ),
                )
            ),
        ),
    )
    assert parse_filter('col("age") != None') == Comparison(age, "<>", None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('__import__("os").system("x")', "is not supported in a condition"),
        ('col("a").x > 1', "is not supported in a condition"),
        ('col(col("a")) > 1', "is not supported in a condition"),
        ('col("a", "b") > 1', "is not supported in a condition"),
        ('col("a") in [1]', "is not supported in a condition"),
        ('col("a") > (lambda: 1)', "is not supported in a condition"),
        ('col("a") > f"{1}"', "is not supported in a condition"),
        ('col("a") > 1e999', "is not supported in a condition"),
        ('col("a") > b"x"', "is not supported in a condition"),
        ('(col("a") > 1) & (col("b") > 1)', "is not supported in a condition"),
        ("a > 1", "is not supported in a condition"),
        ('col("a")', "is not supported in a condition"),
        ("1 < 2", "has no column"),
        ('col("a") > 1; DROP TABLE x', "is not a condition"),
        ("(" * 3_000, "is not a condition"),
        ("not " * 60 + 'col("a") > 1', "more than 50 levels"),
        ('col("a") > 1' + " " * 4_096 + "1", "4,096 characters at most"),
        ('col("a") > datetime(2020, 13, 1)', "month must be in 1..12"),
        ('col("a") > datetime()', "datetime()"),
    ],
)
def test_other_expressions_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse_filter(text)
    assert message in str(caught.value)
