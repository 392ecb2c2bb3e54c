// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { closeIcon } from '@jupyterlab/ui-components';
import { useEffect, useRef, useState } from 'react';
import type { JSX } from 'react';

import { useTrans } from '../hooks';
import type { ISidebar } from './tokens';

const QUIET_MS = 200;

/** The filter of all sections. */
export function Filter({ sidebar }: { sidebar: ISidebar }): JSX.Element {
  const trans = useTrans();
  const [text, setText] = useState(sidebar.filter);
  const input = useRef<HTMLInputElement>(null);

  // the panel is focused before this is rendered for the first time
  useEffect(() => {
    if (document.activeElement?.matches('.jp-MLSidebar')) input.current?.focus();
  }, []);

  useEffect(() => {
    const onFilter = (_: ISidebar, filter: string): void =>
      setText(typed => (typed.trim() === filter ? typed : filter));
    sidebar.filterChanged.connect(onFilter);
    return () => void sidebar.filterChanged.disconnect(onFilter);
  }, [sidebar]);

  useEffect(() => {
    const timer = window.setTimeout(() => sidebar.setFilter(text.trim()), QUIET_MS);
    return () => window.clearTimeout(timer);
  }, [text, sidebar]);

  return (
    <div className="jp-MLFilter">
      <input
        ref={input}
        className="jp-MLFilter-input"
        type="text"
        role="searchbox"
        spellCheck={false}
        value={text}
        placeholder={trans.__('Filter, e.g. metrics.r2 > 0.4')}
        aria-label={trans.__('Filter')}
        title={trans.__(
          'Part of a name, is:failed, is:archived, experiment:NAME, metrics.r2 > 0.4, parameters.alpha = 0.5, tags.team = a'
        )}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => event.key === 'Escape' && setText('')}
      />
      {text && (
        <button className="jp-MLFilter-clear" aria-label={trans.__('Clear the filter')} onClick={() => setText('')}>
          <closeIcon.react tag="span" />
        </button>
      )}
    </div>
  );
}
