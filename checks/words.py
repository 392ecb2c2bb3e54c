# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Check that prose uses the field's terms: ``python -m checks.words [PATH...]``.

Prose is Markdown without its code, the docstrings, comments, strings and names of functions in Python, the comments and
strings in TypeScript, JavaScript, CSS and JSON, and all of a YAML file. Inline code and strings that are names, such as
a key or a file name, are skipped. Without paths, every file that git tracks is read.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

from checks.vocabulary import RULES

EXCLUDED = (
    "checks/vocabulary.py",
    "docs/reference",  # its source is checked
    "jupyter_ml/store/migrations/versions",
    "openapi.json",
    "src/api/schema.gen.ts",
    "tests/checks/test_words.py",
    "tests/upgrades/0",
)

Blocks = Iterator[tuple[int, str]]
"""The number of its first line, and the text, of each block of prose."""

CODE = re.compile(r"(`+).+?\1", re.DOTALL)
LINK_TARGET = re.compile(r"\]\([^)]*\)|https?://\S+")
NAME = re.compile(r"[\w./:*-]*[\w/*]")
INDENTATION = re.compile(r"[ \t]*\n[ \t]*(?:\*(?!/)|#+:?|//+|>)?[ \t]*")
SCRIPT = re.compile(
    r"(?P<comment>/\*.*?\*/|//[^\n]*)"
    r"|'(?P<single>(?:\\.|[^'\\\n])*)'|\"(?P<double>(?:\\.|[^\"\\\n])*)\"|`(?P<template>(?:\\.|[^`\\])*)`",
    re.DOTALL,
)


def matches(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the line in `text`, the words found and what to write instead, for each match of a rule."""
    text = INDENTATION.sub("\n", LINK_TARGET.sub("", CODE.sub(lambda code: "\n" * code.group().count("\n"), text)))
    for pattern, instead in RULES:
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()), " ".join(match.group().split()), instead


def markdown(text: str) -> Blocks:
    """Yield the prose of a Markdown file: all of it without fenced code."""
    yield 1, re.sub(r"(?ms)^[ \t]*(```+).*?^[ \t]*\1", lambda code: "\n" * code.group().count("\n"), text)


def python(text: str) -> Blocks:
    """Yield the comments, docstrings, strings and names of functions and classes of a Python file."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not is_name(node.value):
            yield node.lineno, node.value
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.lineno, node.name.replace("_", " ")


def script(text: str) -> Blocks:
    """Yield the comments and strings of a TypeScript, JavaScript, CSS or JSON file."""
    for match in SCRIPT.finditer(text):
        found = match[match.lastgroup or 0]
        if match.lastgroup == "comment" or not is_name(found):
            yield 1 + text.count("\n", 0, match.start()), found


def plain(text: str) -> Blocks:
    """Yield all of a file."""
    yield 1, text


def is_name(text: str) -> bool:
    """Return whether a string is a key or a file name rather than prose: one word, unless it is capitalized."""
    return NAME.fullmatch(text) is not None and (text.islower() or not text.isalpha())


READERS: dict[str, Callable[[str], Blocks]] = {
    ".md": markdown,
    ".py": python,
    **dict.fromkeys((".ts", ".tsx", ".mjs", ".css", ".json"), script),
    **dict.fromkeys((".yaml", ".yml"), plain),
}


def check(path: Path) -> list[str]:
    """Return one line for each forbidden word in a file, ordered by line."""
    blocks = READERS[path.suffix](path.read_text(encoding="utf-8"))
    found = {(first + line, words, instead) for first, text in blocks for line, words, instead in matches(text)}
    return [f"{path}:{line}: '{words}' -> write '{instead}'" for line, words, instead in sorted(found)]


def main() -> int:
    """Print each forbidden word in the files below the paths of the command line; return the exit status."""
    listed = subprocess.run(["git", "ls-files", "--", *sys.argv[1:]], capture_output=True, text=True, check=True)
    paths = [Path(name) for name in listed.stdout.splitlines() if not name.startswith(EXCLUDED)]
    found = [line for path in paths if path.suffix in READERS and path.exists() for line in check(path)]
    print(*found, sep="\n", end="\n" if found else "")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
