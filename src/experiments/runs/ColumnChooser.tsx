// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useRef, useState } from 'react';
import type { FocusEvent, JSX, KeyboardEvent } from 'react';

import { useTrans } from '../../hooks';
import { OWN_COLUMNS, titleOf } from './columns';
import type { RunsModel } from './model';

/** A button that opens a list of all columns, to show and hide them. */
export function ColumnChooser({ model }: { model: RunsModel }): JSX.Element {
  const trans = useTrans();
  const [isOpen, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isOpen) input.current?.focus();
  }, [isOpen]);
  const { columns } = model.view;
  const known = [...OWN_COLUMNS, ...model.known.items.map(({ column }) => column)];
  const all = [...new Set([...known, ...columns])];
  const sources: [string, string][] = [
    ['parameters.', trans.__('Parameters')],
    ['metrics.', trans.__('Metrics')],
    ['tags.', trans.__('Tags')]
  ];
  const matches = (column: string): boolean =>
    titleOf(column, trans).toLocaleLowerCase().includes(search.trim().toLocaleLowerCase());
  const sections = [
    { title: trans.__('Run'), columns: all.filter(column => !column.includes('.')) },
    ...sources.map(([source, title]) => ({ title, columns: all.filter(column => column.startsWith(source)) }))
  ].map(section => ({ ...section, columns: section.columns.filter(matches) }));

  const toggle = (column: string): void =>
    model.setView({
      columns: columns.includes(column) ? columns.filter(each => each !== column) : [...columns, column]
    });
  const onBlur = (event: FocusEvent<HTMLElement>): void => {
    if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !isOpen) return;
    event.stopPropagation();
    setOpen(false);
    button.current?.focus();
  };

  return (
    <span className="jp-MLColumns" onBlur={onBlur} onKeyDown={onKeyDown}>
      <button
        ref={button}
        className="jp-MLRuns-button"
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        onClick={() => setOpen(!isOpen)}
      >
        {trans.__('Columns')}
      </button>
      {isOpen && (
        <div className="jp-MLColumns-popup" role="dialog" aria-label={trans.__('Columns')} tabIndex={-1}>
          <input
            ref={input}
            type="search"
            className="jp-mod-styled"
            value={search}
            placeholder={trans.__('Search columns')}
            aria-label={trans.__('Search columns')}
            onChange={event => setSearch(event.target.value)}
          />
          <div className="jp-MLColumns-list">
            {sections.map(
              section =>
                section.columns.length > 0 && (
                  <fieldset key={section.title}>
                    <legend>{section.title}</legend>
                    {section.columns.map(column => (
                      <label key={column} title={column}>
                        <input
                          type="checkbox"
                          checked={columns.includes(column)}
                          disabled={columns.length === 1 && columns[0] === column}
                          onChange={() => toggle(column)}
                        />
                        {titleOf(column, trans)}
                      </label>
                    ))}
                  </fieldset>
                )
            )}
          </div>
          <button
            className="jp-MLNotice-action"
            onClick={() => model.setView({ columns: null, widths: {}, pinned: 2 })}
          >
            {trans.__('Show what differs')}
          </button>
        </div>
      )}
    </span>
  );
}
