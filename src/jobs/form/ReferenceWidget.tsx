// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { WidgetProps } from '@rjsf/utils';
import { ariaDescribedByIds } from '@rjsf/utils';
import { useEffect, useState } from 'react';
import type { JSX } from 'react';

import type { ISuggestion, ReferenceFormat } from './references';

/** Milliseconds without a key before suggestions are fetched. */
const PAUSE = 200;

/** What the form gives the widgets of references. */
export interface ISuggesting {
  suggest?: (format: ReferenceFormat, text: string) => Promise<ISuggestion[]>;
}

/** A text field that offers data assets and paths in datastores, as the user types; any other text is possible. */
export function ReferenceWidget(props: WidgetProps): JSX.Element {
  const { id, schema, required, disabled, readonly, autofocus, onChange, onBlur, onFocus, options } = props;
  const { suggest } = props.formContext as ISuggesting;
  const [isActive, setIsActive] = useState(false);
  const [offered, setOffered] = useState<ISuggestion[]>([]);
  const text = typeof props.value === 'string' ? props.value : '';
  useEffect(() => {
    if (!isActive || !suggest) return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      suggest(schema.format as ReferenceFormat, text).then(
        found => isCurrent && setOffered(found),
        () => isCurrent && setOffered([]) // a field without suggestions can be filled in
      );
    }, PAUSE);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [isActive, suggest, schema.format, text]);
  return (
    <>
      <input
        id={id}
        name={id}
        type="text"
        className="form-control"
        value={text}
        list={`${id}__offered`}
        autoComplete="off"
        autoFocus={autofocus}
        required={required}
        disabled={disabled}
        readOnly={readonly}
        aria-describedby={ariaDescribedByIds(id)}
        onChange={({ target }) => onChange(target.value === '' ? options.emptyValue : target.value)}
        onBlur={({ target }) => onBlur(id, target.value)}
        onFocus={({ target }) => {
          setIsActive(true);
          onFocus(id, target.value);
        }}
      />
      <datalist id={`${id}__offered`}>
        {offered.map(({ value: each, label }) => (
          <option key={each} value={each}>
            {label}
          </option>
        ))}
      </datalist>
    </>
  );
}

/** The widgets of text by its format. */
export const REFERENCE_WIDGETS = { 'data-reference': ReferenceWidget, 'datastore-path': ReferenceWidget };
