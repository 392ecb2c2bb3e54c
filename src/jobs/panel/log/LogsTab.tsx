// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { JSX, KeyboardEvent } from 'react';

import { ApiError } from '../../../api';
import { errorText, formatClock, formatCount, Notice } from '../../../components';
import { useTrans, useVersion } from '../../../hooks';
import type { IGap, ILogLine } from './gaps';
import type { LogModel } from './model';

const LINE_PX = 18;
const LINE_CHARS = 10_000;
const SEARCH_MS = 300;
const AT_END_PX = 2 * LINE_PX;

/** The log as a terminal would show it: virtualized, searchable, and scrolled to the end while it grows. */
export function LogsTab({ model, live, name }: { model: LogModel; live: boolean; name: string }): JSX.Element {
  const trans = useTrans();
  const version = useVersion(model.changed);
  const scroller = useRef<HTMLDivElement>(null);
  const [follow, setFollow] = useState(true);
  const [search, setSearch] = useState('');
  const [at, setAt] = useState(0);
  const [error, setError] = useState<string | null>(null);
  const { lines } = model;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the lines change in place
  const all = useMemo(() => model.count, [model, version]);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the lines change in place
  const found = useMemo(() => model.find(search), [model, search, version]);
  const hits = useMemo(() => new Set(found.map(({ row }) => row)), [found]);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 20
  });
  const { row: current, hit } = found.length ? found[at % found.length] : { row: -1 };
  const gap = hit && lines[current].gap;
  const searched = model.hasSearched(search); // not in another attempt
  const report = (reason: unknown): void => setError(errorText(ApiError.from(reason), trans));
  const open = (gap: IGap): void => {
    setError(null);
    setFollow(false); // show the requested lines instead
    model.open(gap).catch(report);
  };

  useEffect(() => {
    if (follow && lines.length && !search) virtualizer.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [follow, search, version, lines, virtualizer]);
  useEffect(() => {
    if (search && current >= 0) virtualizer.scrollToIndex(current, { align: 'center' });
    // new lines must not scroll away from the current match
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [search, at, gap]);
  useEffect(() => {
    setError(null);
    const timer = window.setTimeout(() => void model.search(search).catch(report), SEARCH_MS);
    return () => window.clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `report` never changes its effect
  }, [model, search, searched]);
  useEffect(() => {
    if (gap) model.open(gap, hit).catch(report);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the same
  }, [model, gap, hit]);

  const step = (by: number): void => setAt((at + by + found.length) % (found.length || 1));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') setSearch('');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onScroll = (): void => {
    const node = scroller.current;
    if (node) setFollow(node.scrollHeight - node.scrollTop - node.clientHeight < AT_END_PX);
  };
  return (
    <div className="jp-MLLogs">
      <div className="jp-MLLogs-bar">
        <input
          className="jp-MLFilter-input"
          type="search"
          placeholder={trans.__('Search')}
          aria-label={trans.__('Search in the log')}
          value={search}
          onChange={event => {
            setSearch(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <span className="jp-MLLogs-count" role="status">
          {search
            ? found.length
              ? trans.__('%1 of %2', formatCount((at % found.length) + 1), formatCount(found.length)) +
                (model.foundMore ? '+' : '')
              : searched
                ? trans.__('no matches')
                : trans.__('searching…')
            : trans._n('%2 line', '%2 lines', all, formatCount(all))}
        </span>
        <label className="jp-MLLogs-follow">
          <input type="checkbox" checked={follow} onChange={event => setFollow(event.target.checked)} />
          {trans.__('Follow')}
        </label>
      </div>
      {error !== null && <Notice>{error}</Notice>}
      {model.dropped > 0 && (
        <div className="jp-MLLogs-dropped">
          {trans._n(
            'The first line is not shown. std_log.txt in the outputs contains the whole log.',
            'The first %2 lines are not shown. std_log.txt in the outputs contains the whole log.',
            model.dropped,
            formatCount(model.dropped)
          )}
        </div>
      )}
      {lines.length === 0 && (
        <Notice>{live ? trans.__('Output of the job is shown here.') : trans.__('The job has no output.')}</Notice>
      )}
      <div
        ref={scroller}
        className="jp-MLLogs-lines"
        role="log"
        aria-label={trans.__('Log of %1', name)}
        aria-live="off"
        tabIndex={0}
        onScroll={onScroll}
      >
        <div className="jp-MLLogs-space" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const { gap } = lines[index];
            if (gap) return <Gap key={index} gap={gap} start={start} onOpen={open} />;
            return (
              <Line
                key={index}
                line={lines[index]}
                start={start}
                search={hits.has(index) ? search : ''}
                current={index === current}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Gap({ gap, start, onOpen }: { gap: IGap; start: number; onOpen: (gap: IGap) => void }): JSX.Element {
  const trans = useTrans();
  return (
    <div className="jp-MLLog jp-mod-note" style={{ transform: `translateY(${start}px)` }}>
      <span className="jp-MLLog-time">⋮</span>
      <button className="jp-MLNotice-action" onClick={() => onOpen(gap)}>
        {gap.lines
          ? trans._n('Show %2 more line', 'Show %2 more lines', gap.lines, formatCount(gap.lines))
          : trans.__('Show the rest of this line')}
      </button>
    </div>
  );
}

function Line(props: { line: ILogLine; start: number; search: string; current: boolean }): JSX.Element {
  const { line, start, search, current } = props;
  const trans = useTrans();
  const [whole, setWhole] = useState<ILogLine | null>(null);
  const at = search ? line.text.toLowerCase().indexOf(search.toLowerCase()) : -1;
  const isCut = whole !== line && line.text.length > LINE_CHARS && at + search.length <= LINE_CHARS;
  const text = isCut ? line.text.slice(0, LINE_CHARS) : line.text;
  const left = line.text.length - text.length;
  return (
    <div
      className={`jp-MLLog jp-mod-${line.kind}${current ? ' jp-mod-current' : ''}`}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span className="jp-MLLog-time">{formatClock(line.time)}</span>
      {at < 0 ? (
        text
      ) : (
        <>
          {text.slice(0, at)}
          <mark>{text.slice(at, at + search.length)}</mark>
          {text.slice(at + search.length)}
        </>
      )}
      {isCut && (
        <button className="jp-MLNotice-action" onClick={() => setWhole(line)}>
          {trans._n('Show %2 more character', 'Show %2 more characters', left, formatCount(left))}
        </button>
      )}
    </div>
  );
}
