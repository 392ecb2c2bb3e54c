# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The options of the programs that get code as an argument; an option that is not listed here is not understood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["INTERPRETERS", "PROGRAM_FIRST", "SHELLS", "Options"]

_NEVER = r"(?!)"
_PAIRS = {"--arg", "--argjson", "--argfile", "--slurpfile", "--rawfile"}
"""Options of jq with two words, a name and a value."""


@dataclass(frozen=True)
class Options:
    """The options of one program, as patterns of whole words."""

    code: str = _NEVER
    """Those with code, in the group or in the next word."""
    file: str = _NEVER
    """Those with a file of code."""
    word: str = _NEVER
    """Those with another word, or with several."""
    alone: str = _NEVER
    """Those without a word, or with the word in them."""
    permuted: bool = False
    """Whether options are recognized behind other arguments."""

    def read(self, words: list[str]) -> Iterator[tuple[str, str]]:
        """Yield what each word is, by the names above, "argument", or "unknown"; and the word."""
        rest, options = iter(words), True
        for word in rest:
            if not options or not word.startswith(("-", "+")) or word == "-":
                options = options and self.permuted
                yield "argument", word
            elif word == "--":
                options = False
            else:
                yield self._option(word, rest)

    def _option(self, word: str, rest: Iterator[str]) -> tuple[str, str]:
        for kind in ("code", "file", "word"):
            match = re.fullmatch(getattr(self, kind), word, re.DOTALL)
            if match:
                joined = "".join(filter(None, match.groups())) if kind != "word" else ""
                several = 2 if kind == "word" and word in _PAIRS else 1
                return kind, joined or "".join(next(rest, "") for _ in range(several))
        return "alone" if re.fullmatch(self.alone, word, re.DOTALL) else "unknown", word


SHELLS = {"bash", "rbash", "sh", "dash", "ash", "zsh", "ksh", "mksh", "fish", "csh", "tcsh"}
_P = "[bBdEhIOPqRsSuvx]"
_PYTHON = Options(
    code=f"-{_P}*c(.*)", word=f"-{_P}*[WX]|--check-hash-based-pycs", alone=f"-{_P}+|-{_P}*[WX].+", file=f"-{_P}*m(.*)"
)
_R = Options(
    code=r"-e(.*)",
    file=r"-f|--file=(.*)",
    word="-g",
    alone=r"--(vanilla|slave|quiet|silent|verbose|save|restore|args|no-[\w-]+)|-[qs]|--(gui|default-packages)=.*",
)
INTERPRETERS = {
    **dict.fromkeys(("python", "pypy"), _PYTHON),
    "perl": Options(
        code=r"-[acfnpstTuUvwWXSl0-9i]*[eE](.*)",
        word="-I",
        alone=r"-[MmICDVdxi].*|-F.+|-[acfnpstTuUvwWXSl0-9]+(i.*|F.+)?",
    ),
    "ruby": Options(
        code=r"-[acdlnpsSUvwyi0-9]*e(.*)",
        word="-[IrCE]|--encoding",
        alone=r"-[IrCEFKWxTi].+|-[acdlnpsSUvwWy0-9]+(i.*)?|--(yjit|jit|disable|enable)([-=].*)?",
    ),
    "node": Options(
        code=r"-(?:e|p|pe)|--(?:eval|print)(?:=(.*))?",
        word="-[rC]|--(require|import|loader|experimental-loader|conditions|title)",
        alone=r"--[\w-]+=.*|--(no|trace|expose|enable|use|inspect|harmony|preserve)(-[\w-]+)?",
    ),
    **dict.fromkeys(("R", "Rscript"), _R),
    "julia": Options(
        code=r"-[eE](.*)|--(?:eval|print)(?:=(.*))?",
        word="-[tpLCJH]|--(threads|procs|load|cpu-target|sysimage|home)",
        alone=r"-[qO][0-3]?|-[tpg].+|--[\w-]+=.*|--project",
    ),
    "lua": Options(code=r"-e(.*)", word="-l", alone="-[vEW]|-l.+"),
    "php": Options(code=r"-[rBRE](.*)|--run", file="-[fF]", word="-[dcSt]", alone="-[nqeswl]|-[dc].+"),
    "octave": Options(alone=r"-[qWf]|--(no-gui|quiet|silent|no-window-system|norc)"),
    **dict.fromkeys(("ipython", "matlab", "pwsh", "powershell", "gdb", "lldb", "tclsh", "expect"), Options()),
    **dict.fromkeys(("guile", "racket", "sbcl", "ghci", "scala", "groovy", "clojure", "raku", "elixir"), Options()),
}
_AWK = Options(
    code=r"-e(.*)|--source(?:=(.*))?",
    file=r"-[fE](.*)|--file(?:=(.*))?",
    word="-[FilWv]|--(assign|field-separator)",
    alone=r"-[FvW].+|-[bcgMnOprsStN]+|--(posix|csv|traditional|sandbox|bignum|assign=.*|field-separator=.*)",
)
PROGRAM_FIRST = {
    **dict.fromkeys(("awk", "gawk", "mawk", "nawk"), _AWK),
    "sed": Options(
        code=r"-[nErsuz]*e(.*)|--expression(?:=(.*))?",
        file=r"-[nErsuz]*f(.*)|--file(?:=(.*))?",
        word="-[nErsuz]*l|--line-length",
        alone=r"-[nErsuz]+|-[nErsuz]*[il].*|--(quiet|silent|regexp-extended|separate|null-data|posix)|--[il][\w-]+=.*",
        permuted=True,
    ),
    "jq": Options(
        word="-L|--indent|--arg|--argjson|--argfile|--slurpfile|--rawfile",
        alone=r"-[rncsSaCMjeR]+|--(tab|args|jsonargs|slurp|seq|stream|[a-z]+-(output|input|keys|status))|-L.+",
        permuted=True,
    ),
}
"""Programs whose first argument is code, unless an option gives it."""
