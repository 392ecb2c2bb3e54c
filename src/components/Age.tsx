import type { JSX } from 'react';

import { useNow } from '../hooks';
import { formatMoment, formatSpan } from './format';

/** How long ago something was, kept up to date; the exact moment in the tooltip. */
export function Age({ time, live = false }: { time: string; live?: boolean }): JSX.Element {
  const now = useNow(live ? 1_000 : 30_000);
  return (
    <time className="jp-MLAge" dateTime={time} title={formatMoment(time)}>
      {formatSpan((now - Date.parse(time)) / 1000)}
    </time>
  );
}
