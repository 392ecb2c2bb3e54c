import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { JSX, KeyboardEvent } from 'react';

import { formatClock, formatCount, Notice } from '../../../components';
import { useTrans, useVersion } from '../../../hooks';
import type { ILogLine, LogModel } from './model';

const LINE_PX = 18;
const AT_END_PX = 2 * LINE_PX;

/** What the job has written, as a terminal would show it: virtual rows, search, and the end in view while it grows. */
export function LogsTab({ model, live, name }: { model: LogModel; live: boolean; name: string }): JSX.Element {
  const trans = useTrans();
  const version = useVersion(model.changed);
  const scroller = useRef<HTMLDivElement>(null);
  const [follow, setFollow] = useState(true);
  const [wanted, setWanted] = useState('');
  const [at, setAt] = useState(0);
  const { lines } = model;
  const all = lines.length + model.dropped;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the lines change in place
  const found = useMemo(() => model.find(wanted), [model, wanted, version]);
  const hits = useMemo(() => new Set(found), [found]);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 20
  });
  const current = found.length ? found[at % found.length] : -1;

  useEffect(() => {
    if (follow && lines.length && !wanted) virtualizer.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [follow, wanted, version, lines, virtualizer]);
  useEffect(() => {
    if (wanted && current >= 0) virtualizer.scrollToIndex(current, { align: 'center' });
    // new lines do not take the reader away from what was found
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wanted, at]);

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
              ? trans.__('%1 of %2', formatCount((at % found.length) + 1), formatCount(found.length))
              : trans.__('nothing found')
            : trans._n('%2 line', '%2 lines', all, formatCount(all))}
        </span>
        <label className="jp-MLLogs-follow">
          <input type="checkbox" checked={follow} onChange={event => setFollow(event.target.checked)} />
          {trans.__('Follow')}
        </label>
      </div>
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
          {virtualizer.getVirtualItems().map(({ index, start }) => (
            <Line
              key={index}
              line={lines[index]}
              start={start}
              wanted={hits.has(index) ? wanted : ''}
              current={index === current}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function Line(props: { line: ILogLine; start: number; wanted: string; current: boolean }): JSX.Element {
  const { line, start, wanted, current } = props;
  const at = wanted ? line.text.toLowerCase().indexOf(wanted.toLowerCase()) : -1;
  return (
    <div
      className={`jp-MLLog jp-mod-${line.kind}${current ? ' jp-mod-current' : ''}`}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span className="jp-MLLog-time">{formatClock(line.time)}</span>
      {at < 0 ? (
        line.text
      ) : (
        <>
          {line.text.slice(0, at)}
          <mark>{line.text.slice(at, at + wanted.length)}</mark>
          {line.text.slice(at + wanted.length)}
        </>
      )}
    </div>
  );
}
