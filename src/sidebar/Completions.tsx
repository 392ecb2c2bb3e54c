// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useLayoutEffect, useRef } from 'react';
import type { JSX } from 'react';

import type { FilterCompletion } from '../api';
import { visible } from '../components';

/** Properties of Completions. */
export interface ICompletionsProps {
  id: string;
  label: string;
  items: readonly FilterCompletion[];
  active: number;
  onAccept: (item: FilterCompletion) => void;
}

/** The list of a combobox, above the list that is filtered rather than over it; the input keeps the focus. */
export function Completions({ id, label, items, active, onAccept }: ICompletionsProps): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <ul ref={list} id={id} className="jp-MLCompletions" role="listbox" aria-label={label}>
      {items.map((item, index) => (
        <li
          key={item.before}
          id={`${id}-${index}`}
          className="jp-MLCompletions-item"
          role="option"
          aria-selected={index === active}
          onMouseDown={event => event.preventDefault()}
          onClick={() => onAccept(item)}
        >
          <span className="jp-MLCompletions-label">{visible(item.label)}</span>
          <span className="jp-MLCompletions-detail">{visible(item.detail)}</span>
        </li>
      ))}
    </ul>
  );
}
