// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { JSX, KeyboardEvent } from 'react';

import type { FilterCompletion } from '../api';
import { visible } from '../components';
import { useTrans, useVersion } from '../hooks';
import type { IWorkspaceManager } from '../workspace';
import { Completions } from './Completions';
import { completed, useFilterCheck } from './filterEditor';
import type { ITyped } from './filterEditor';
import { FilterButtons } from './FilterButtons';
import { FilterHelp } from './FilterHelp';
import { handleComboboxKey } from './filterKeys';
import type { IFiltered, ISavedFilters } from './tokens';

/** Properties of Filter. */
export interface IFilterProps {
  label: string;
  /** What is filtered. */
  target: IFiltered;
  manager: IWorkspaceManager;
  saved: ISavedFilters;
}

/** A filter of lists: a combobox that the server completes and checks. */
export function Filter({ label, target, manager, saved }: IFilterProps): JSX.Element {
  const trans = useTrans();
  useVersion(saved.changed);
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<ITyped>({ text: target.filter, cursor: target.filter.length });
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [helps, setHelps] = useState(false);
  const [asked, setAsked] = useState(false);
  const check = useFilterCheck(manager, target, typed, filter => setTyped({ text: filter, cursor: filter.length }));
  const { text } = typed;

  const edit = (next: ITyped, open: boolean): void => {
    setTyped(next);
    setOpen(open);
    setActive(-1);
    setAsked(false);
  };
  const accept = (item: FilterCompletion): void => edit(completed(typed, item), true);
  const replace = (filter: string): void => {
    edit({ text: filter, cursor: filter.length }, false);
    input.current?.focus();
  };

  // the panel is focused before this is rendered for the first time
  useEffect(() => {
    if (document.activeElement?.matches('.jp-MLSidebar')) input.current?.focus();
  }, []);
  useLayoutEffect(() => {
    if (input.current && input.current.selectionStart !== typed.cursor) {
      input.current.setSelectionRange(typed.cursor, typed.cursor);
    }
  }, [typed]);

  const stored = text ? [] : saved.all.map(filter => ({ before: filter, label: filter, detail: trans.__('saved') }));
  const items = isOpen && (text || !helps) ? [...stored, ...check.completions] : []; // the help has examples instead
  const error = check.error !== null && (!check.incomplete || asked) ? check.error : null;

  const note =
    check.error === null ? check.notice : trans.__('The filter is incomplete. The list does not change yet.');

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void =>
    handleComboboxKey(event, {
      count: items.length,
      active,
      isEmpty: !text,
      onActivate: setActive,
      onAccept: index => accept(items[index]),
      onOpen: () => setOpen(true),
      onClose: () => setOpen(false),
      onSubmit: () => {
        setOpen(false);
        setAsked(true);
      },
      onEscape: () => (helps ? setHelps(false) : edit({ text: '', cursor: 0 }, false)),
      onHelp: () => setHelps(!helps)
    });

  return (
    <>
      <div className={`jp-MLFilter${text ? ' jp-mod-active' : ''}`}>
        <input
          ref={input}
          className="jp-MLFilter-input"
          type="text"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={items.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={items[active] ? `${id}-list-${active}` : undefined}
          aria-invalid={error !== null}
          aria-describedby={`${id}-problem`}
          aria-label={label}
          spellCheck={false}
          autoComplete="off"
          value={text}
          placeholder={trans.__('Filter by name, tag, state, …')}
          onChange={({ target: { value, selectionStart } }) =>
            edit({ text: value, cursor: selectionStart ?? value.length }, true)
          }
          onSelect={({ currentTarget: { selectionStart, value } }) => {
            if (value === text && selectionStart !== null && selectionStart !== typed.cursor) {
              setTyped({ text, cursor: selectionStart });
            }
          }}
          onBlur={() => {
            setOpen(false);
            setAsked(true);
          }}
          onClick={() => setOpen(true)}
          onKeyDown={onKeyDown}
        />
        <FilterButtons
          filter={text.trim()}
          saved={saved}
          helpId={`${id}-help`}
          helps={helps}
          onHelp={() => setHelps(!helps)}
          onClear={() => replace('')}
        />
      </div>
      <div className="jp-MLFilter-below">
        <div id={`${id}-problem`} className="jp-MLFilter-problem" role="status">
          {error !== null ? (
            <span className="jp-mod-error">{visible(error)}</span>
          ) : (
            note !== null && <span>{visible(note)}</span>
          )}
        </div>
        {helps && <FilterHelp id={`${id}-help`} onSelect={replace} />}
        {items.length > 0 && (
          <Completions
            id={`${id}-list`}
            label={trans.__('Completions')}
            items={items}
            active={active}
            onAccept={accept}
          />
        )}
      </div>
    </>
  );
}
