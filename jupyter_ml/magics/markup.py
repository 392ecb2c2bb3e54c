# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Render jobs and tables as HTML, in the colors of the JupyterLab theme; every text of a job is escaped."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.escaping import visible
from jupyter_ml.schemas.event_log import INJECTED, CellState
from jupyter_ml.services.formatting import SIGNS, bar, duration, elapsed_s, left, left_s, number, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.magics.view_state import JobViewState
    from jupyter_ml.schemas.causes import Cause
    from jupyter_ml.schemas.cells import CellPlace
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.tables import Table

__all__ = ["STYLE", "job_details", "job_html", "job_log", "table_html"]

SEGMENTS = 200
"""Maximum number of segments of the progress bar; with more cells, it is one bar."""
SHOWN_METRICS = 12

STYLE = """<style>
.jp-MLJobView { font-size: var(--jp-ui-font-size1); line-height: 20px; color: var(--jp-ui-font-color1);
  max-width: 960px; }
.jp-MLJobView-header { display: flex; flex-wrap: wrap; gap: 0 12px; align-items: baseline; }
.jp-MLJobView-header .jp-MLJobView-name { font-weight: 600; }
.jp-MLJobView-quiet { color: var(--jp-ui-font-color2); }
.jp-MLJobView [data-state] { white-space: nowrap; }
.jp-MLJobView [data-state=Preparing] > span, .jp-MLJobView [data-state=Running] > span,
.jp-MLJobView [data-state=Finalizing] > span { color: var(--jp-brand-color1); }
.jp-MLJobView [data-state=Completed] > span { color: var(--jp-success-color1); }
.jp-MLJobView [data-state=Failed] > span { color: var(--jp-error-color1); }
.jp-MLJobView [data-state=CancelRequested] > span, .jp-MLJobView [data-state=NotResponding] > span {
  color: var(--jp-warn-color1); }
.jp-MLJobView [data-state=Canceled] > span { color: var(--jp-ui-font-color3); }
.jp-MLJobView [data-state=Running] > span { display: inline-block; animation: jp-MLJobView-turn 2s linear infinite; }
@keyframes jp-MLJobView-turn { to { transform: rotate(360deg); } }
@media (prefers-reduced-motion: reduce) { .jp-MLJobView [data-state=Running] > span { animation: none; } }
.jp-MLJobView-bar { display: flex; gap: 1px; height: 4px; margin: 4px 0; overflow: hidden; }
.jp-MLJobView-bar > i { flex: 1 1 0; background: var(--jp-layout-color3); }
.jp-MLJobView-bar > i.completed { background: var(--jp-success-color1); }
.jp-MLJobView-bar > i.running { background: var(--jp-brand-color1); }
.jp-MLJobView-bar > i.failed { background: var(--jp-error-color1); }
.jp-MLJobView-bar > i.canceled { background: var(--jp-ui-font-color3); }
.jp-MLJobView-metrics { display: flex; flex-wrap: wrap; gap: 0 16px; }
.jp-MLJobView-metrics b, .jp-MLTable td { font-variant-numeric: tabular-nums; }
.jp-MLJobView-cause { color: var(--jp-error-color1); margin: 4px 0; }
.jp-MLJobView.jp-MLJobView pre { font-family: var(--jp-code-font-family); font-size: var(--jp-code-font-size);
  margin: 0; padding: 4px 8px; line-height: var(--jp-code-line-height); color: var(--jp-content-font-color1);
  background: var(--jp-layout-color2); white-space: pre-wrap; overflow: visible; flex: 0 0 auto; }
.jp-MLJobView-log { display: flex; flex-direction: column-reverse; max-height: 192px; overflow: auto; margin-top: 4px; }
.jp-MLTable { border-collapse: collapse; }
.jp-MLTable th { font-weight: 600; }
.jp-MLTable th, .jp-MLTable td { padding: 0 12px 0 0; text-align: left; }
.jp-MLTable .right { text-align: right; }
</style>"""


def job_html(view_state: JobViewState) -> str:
    """Return the complete view of an ended job."""
    with view_state.lock:
        return f"{STYLE}{job_details(view_state)}{job_log(view_state)}"


def job_details(view_state: JobViewState) -> str:
    """Return the view without the log: state, cells, metrics, and the cause of a failure."""
    with view_state.lock:
        return _details(view_state)


def _details(view_state: JobViewState) -> str:
    parts = [*_header(view_state), _bar(view_state), _metrics(view_state.job)]
    if view_state.note:
        parts.append(f'<div class="jp-MLJobView-quiet" role="note">{escape(view_state.note)}</div>')
    if view_state.job.cause is not None:
        parts.append(_cause(view_state.job.cause))
    if view_state.error:
        parts.append(f'<div class="jp-MLJobView-cause" role="alert">{escape(view_state.error)}</div>')
    return f'<div class="jp-MLJobView" {_target(view_state.job.name)}>{"".join(parts)}</div>'


def _header(view_state: JobViewState) -> Iterator[str]:
    job = view_state.job
    yield '<div class="jp-MLJobView-header">'
    yield state_html(job.state)
    yield f'<span class="jp-MLJobView-name">{escape(job.name)}</span>'
    for field in _header_fields(view_state):
        yield f'<span class="jp-MLJobView-quiet">{escape(field)}</span>'
    yield "</div>"


def _header_fields(view_state: JobViewState) -> Iterator[str]:
    job = view_state.job
    if job.progress.cells_total and not job.ended_at:
        yield place(job.progress)
    if (shown := bar(job.progress)) and not job.ended_at:
        yield shown
    if job.attempt > 1:
        yield f"attempt {job.attempt} of {job.retries + 1}"
    if job.started_at:
        yield duration(elapsed_s(job))
    if (seconds := left_s(job)) is not None:
        yield left(seconds)
    if job.usage is not None and not job.ended_at:
        yield f"{job.usage.memory_bytes / 1e6:.0f} MB"
    yield job.source[:80]
    yield job.experiment_name


def escape(text: str) -> str:
    """Return a text escaped for HTML, also in an attribute."""
    return html.escape(visible(text, lines=True))


def state_html(state: str) -> str:
    """Return a state with its symbol."""
    return f'<span data-state="{state}"><span aria-hidden="true">{SIGNS[state]}</span> {state}</span>'


def _bar(view_state: JobViewState) -> str:
    run, durations = view_state.run, view_state.run.durations
    cells = {cell: run.cell_state(cell) for cell in run.planned if cell != INJECTED}
    if not cells:
        return ""
    done = sum(cell in durations for cell in cells)
    if len(cells) <= SEGMENTS:
        segments = "".join(_segment(run.place(cell), state, durations.get(cell)) for cell, state in cells.items())
    else:
        failed = CellState.FAILED in cells.values()
        segments = (
            f'<i class="{"failed" if failed else "completed"}" style="flex-grow: {done}"></i>'
            f'<i style="flex-grow: {len(cells) - done}"></i>'
        )
    return (
        f'<div class="jp-MLJobView-bar" role="progressbar" aria-label="cells" aria-valuemin="0" '
        f'aria-valuemax="{len(cells)}" aria-valuenow="{done}">{segments}</div>'
    )


def _segment(place: CellPlace, state: CellState, duration_s: float | None) -> str:
    suffix = f", {duration(duration_s)}" if duration_s is not None else ""
    return f'<i class="{state}" title="{place}: {state.replace("_", " ")}{suffix}"></i>'


def _metrics(job: Job) -> str:
    if not job.metrics:
        return ""
    shown = list(job.metrics.items())
    chips = [
        f'<span><span class="jp-MLJobView-quiet">{escape(name)}</span> <b>{number(value)}</b></span>'
        for name, value in shown[:SHOWN_METRICS]
    ]
    if len(shown) > SHOWN_METRICS:
        chips.append(f'<span class="jp-MLJobView-quiet">{len(shown) - SHOWN_METRICS} more</span>')
    return f'<div class="jp-MLJobView-metrics">{"".join(chips)}</div>'


def _cause(cause: Cause) -> str:
    lines = [cause.message]
    if cause.exception:
        lines.append(cause.short)
    text = "<br>".join(map(escape, lines))
    source = f"<pre>{escape(cause.cell_source)}</pre>" if cause.cell_source else ""
    hint = f'<div class="jp-MLJobView-quiet">{escape(cause.hint)}</div>' if cause.hint else ""
    return f'<div class="jp-MLJobView-cause" role="alert">{text}</div>{source}{hint}'


def job_log(view_state: JobViewState) -> str:
    """Return the end of the job's output, scrolled to its last line."""
    if not view_state.log.strip():
        return ""
    # laid out from the bottom up, so that the last line is visible without a script
    return (
        f'<div class="jp-MLJobView" {_target(view_state.job.name)}>'
        '<div class="jp-MLJobView-log" tabindex="0" role="log" aria-label="output">'
        f"<pre>{escape(view_state.log.rstrip())}</pre></div></div>"
    )


def _target(name: str) -> str:
    """Return the attribute from which JupyterLab's context menu reads the name of the job."""
    return f'data-ml-job="{escape(name)}"'


def table_html(table: Table[Any]) -> str:
    """Return a table of jobs or experiments."""
    if not table:
        return f'{STYLE}<div class="jp-MLJobView jp-MLJobView-quiet">{escape(table.empty)}</div>'
    classes = [' class="right"' if column.align == "right" else "" for column in table.columns]
    head = "".join(
        f'<th scope="col"{right}>{escape(column.title)}</th>'
        for column, right in zip(table.columns, classes, strict=True)
    )
    rows = [
        "".join(f"<td{right}>{escape(cell)}</td>" for cell, right in zip(row, classes, strict=True))
        for row in table.rows()
    ]
    targets = [f" {_target(name)}" for name in table.job_names] or [""] * len(rows)
    body = "".join(f"<tr{target}>{row}</tr>" for target, row in zip(targets, rows, strict=True))
    more = f'<div class="jp-MLJobView-quiet">{escape(table.more)}</div>' if table.more else ""
    return (
        f'{STYLE}<div class="jp-MLJobView"><table class="jp-MLTable"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>{more}</div>"
    )
