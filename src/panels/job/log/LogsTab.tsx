// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { JSX, KeyboardEvent } from 'react';

import { ApiError } from '../../../api';
import { errorText, formatClock, formatCount, Notice } from '../../../components';
import { useTrans, useVersion } from '../../../hooks';
import type { IGap } from './gaps';
import type { ILogLine, LogModel } from './model';

const LINE_PX = 18;
const LINE_CHARS = 10_000;
const SEARCH_MS = 300;
const AT_END_PX = 2 * LINE_PX;

/** What the job has written, as a terminal would show it: virtual rows, search, and the end in view while it grows. */
export function LogsTab({ model, live, name }: { model: LogModel; live: boolean; name: string }): JSX.Element {
  const trans = useTrans();
  const version = useVersion(model.changed);
  const scroller = useRef<HTMLDivElement>(null);
  const [follow, setFollow] = useState(true);
  const [wanted, setWanted] = useState('');
  const [at, setAt] = useState(0);
  const [error, setError] = useState<string | null>(null);
  const { lines } = model;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the lines change in place
  const all = useMemo(() => model.count, [model, version]);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the lines change in place
  const found = useMemo(() => model.find(wanted), [model, wanted, version]);
  const hits = useMemo(() => new Set(found.map(({ row }) => row)), [found]);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 20
  });
  const { row: current, hit } = found.length ? found[at % found.length] : { row: -1 };
  const gap = hit && lines[current].gap;
  const tell = (reason: unknown): void => setError(errorText(ApiError.from(reason), trans));
  const open = (gap: IGap): void => {
    setError(null);
    setFollow(false); // who asks for these lines wants to see them
    model.open(gap).catch(tell);
  };

  useEffect(() => {
    if (follow && lines.length && !wanted) virtualizer.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [follow, wanted, version, lines, virtualizer]);
  useEffect(() => {
    if (wanted && current >= 0) virtualizer.scrollToIndex(current, { align: 'center' });
    // new lines do not take the reader away from what was found
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wanted, at, gap]);
  useEffect(() => {
    setError(null);
    const timer = window.setTimeout(() => void model.search(wanted).catch(tell), SEARCH_MS);
    return () => window.clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the words for an error are always the same
  }, [model, wanted]);
  useEffect(() => {
    if (gap) model.open(gap, hit).catch(tell);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the same
  }, [model, gap, hit]);

  const step = (by: number): void => setAt((at + by + found.length) % (found.length || 1));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') setWanted('');
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
          value={wanted}
          onChange={event => {
            setWanted(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <span className="jp-MLLogs-count" role="status">
          {wanted
            ? found.length
              ? trans.__('%1 of %2', formatCount((at % found.length) + 1), formatCount(found.length)) +
                (model.foundMore ? '+' : '')
              : model.hasSearched(wanted)
                ? trans.__('nothing found')
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
            'The first %2 line is not shown here. std_log.txt, among the outputs, has all of them.',
            'The first %2 lines are not shown here. std_log.txt, among the outputs, has all of them.',
            model.dropped,
            formatCount(model.dropped)
          )}
        </div>
      )}
      {lines.length === 0 && (
        <Notice>
          {live ? trans.__('Whatever the job prints appears here.') : trans.__('The job has printed nothing.')}
        </Notice>
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
                wanted={hits.has(index) ? wanted : ''}
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

function Line(props: { line: ILogLine; start: number; wanted: string; current: boolean }): JSX.Element {
  const { line, start, wanted, current } = props;
  const trans = useTrans();
  const [whole, setWhole] = useState<ILogLine | null>(null);
  const at = wanted ? line.text.toLowerCase().indexOf(wanted.toLowerCase()) : -1;
  const isCut = whole !== line && line.text.length > LINE_CHARS && at + wanted.length <= LINE_CHARS;
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
          <mark>{text.slice(at, at + wanted.length)}</mark>
          {text.slice(at + wanted.length)}
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
