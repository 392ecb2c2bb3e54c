// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { closeIcon } from '@jupyterlab/ui-components';
import { useState } from 'react';
import type { FormEvent, JSX } from 'react';

import { ApiError } from '../api';
import { useTrans } from '../hooks';
import { errorText } from './ErrorNotice';
import { visible } from './visible';

/** Properties of Tags. */
export interface ITagsProps {
  tags: Record<string, string>;
  /** Set some tags, and remove those whose value is null. */
  onChange: (tags: Record<string, string | null>) => Promise<void>;
}

/** Tags that can be added and removed. */
export function Tags({ tags, onChange }: ITagsProps): JSX.Element {
  const trans = useTrans();
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const shown = Object.entries(tags).sort(([left], [right]) => left.localeCompare(right));
  const change = (tags: Record<string, string | null>): Promise<void> =>
    onChange(tags).then(
      () => setError(null),
      reason => setError(errorText(ApiError.from(reason), trans))
    );
  const add = (event: FormEvent): void => {
    event.preventDefault();
    const [, key, value = ''] = /^\s*([^=]+?)\s*(?:=\s*(.*?)\s*)?$/.exec(text) ?? [];
    if (key) void change({ [key]: value }).then(() => setText(''));
  };
  return (
    <section className="jp-MLProperties jp-MLTags">
      <h3 className="jp-MLProperties-title">{trans.__('Tags')}</h3>
      <ul className="jp-MLTags-list">
        {shown.map(([key, value]) => (
          <li key={key} className="jp-MLTag">
            {visible(value ? `${key}=${value}` : key)}
            <button
              className="jp-MLTag-remove"
              title={trans.__('Remove the tag %1', visible(key))}
              aria-label={trans.__('Remove the tag %1', visible(key))}
              onClick={() => void change({ [key]: null })}
            >
              <closeIcon.react tag="span" width="12px" height="12px" />
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={add}>
        <input
          className="jp-MLFilter-input"
          placeholder={trans.__('Add a tag: key=value')}
          aria-label={trans.__('Add a tag: key=value')}
          value={text}
          onChange={event => setText(event.target.value)}
        />
      </form>
      {error && (
        <p className="jp-MLEditable-error" role="alert">
          {error}
        </p>
      )}
    </section>
  );
}
