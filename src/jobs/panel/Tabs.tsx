// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useId, useState } from 'react';
import type { JSX, KeyboardEvent, ReactNode } from 'react';

/** A tab and its content. */
export interface ITab<T extends string> {
  id: T;
  label: string;
  body: ReactNode;
}

/** Tabs with keyboard navigation; the content of a tab that was shown stays mounted. */
export function Tabs<T extends string>(props: {
  tabs: readonly ITab<T>[];
  current: T;
  label: string;
  onSelect: (id: T) => void;
}): JSX.Element {
  const { tabs, current, onSelect } = props;
  const id = useId();
  const [visited, setVisited] = useState<ReadonlySet<T>>(() => new Set([current]));
  if (!visited.has(current)) setVisited(new Set([...visited, current]));
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const index = tabs.findIndex(tab => tab.id === current);
    const targets: Record<string, number> = {
      ArrowRight: (index + 1) % tabs.length,
      ArrowLeft: (index + tabs.length - 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1
    };
    if (!(event.key in targets)) return;
    event.preventDefault();
    onSelect(tabs[targets[event.key]].id);
    (event.currentTarget.children[targets[event.key]] as HTMLElement).focus();
  };
  return (
    <>
      <div className="jp-MLTabs" role="tablist" aria-label={props.label} onKeyDown={onKeyDown}>
        {tabs.map(tab => (
          <button
            key={tab.id}
            id={`${id}-${tab.id}`}
            className="jp-MLTab"
            role="tab"
            aria-selected={tab.id === current}
            aria-controls={`${id}-${tab.id}-body`}
            tabIndex={tab.id === current ? 0 : -1}
            onClick={() => onSelect(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      {tabs.map(tab => (
        <div
          key={tab.id}
          id={`${id}-${tab.id}-body`}
          className="jp-MLTabBody"
          role="tabpanel"
          aria-labelledby={`${id}-${tab.id}`}
          hidden={tab.id !== current}
        >
          {visited.has(tab.id) && tab.body}
        </div>
      ))}
    </>
  );
}
