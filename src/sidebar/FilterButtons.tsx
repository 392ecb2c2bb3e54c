// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { closeIcon } from '@jupyterlab/ui-components';
import type { JSX } from 'react';

import { useTrans, useVersion } from '../hooks';
import type { ISavedFilters } from './tokens';

/** Properties of FilterButtons. */
export interface IFilterButtonsProps {
  /** The filter; buttons to save and to clear it replace the button for help. */
  filter: string;
  saved: ISavedFilters;
  helpId: string;
  helps: boolean;
  onHelp: () => void;
  onClear: () => void;
}

/** The buttons at the right of the filter. */
export function FilterButtons({ filter, saved, ...props }: IFilterButtonsProps): JSX.Element {
  const trans = useTrans();
  useVersion(saved.changed);
  const isSaved = saved.all.includes(filter);
  if (!filter) {
    return (
      <button
        className="jp-MLFilter-button"
        title={trans.__('Help on filters')}
        aria-label={trans.__('Help on filters')}
        aria-expanded={props.helps}
        aria-controls={props.helpId}
        onClick={props.onHelp}
      >
        ?
      </button>
    );
  }
  return (
    <>
      {saved.canSave && (
        <button
          className="jp-MLFilter-button"
          aria-pressed={isSaved}
          aria-label={trans.__('Saved filter')}
          title={isSaved ? trans.__('Remove from the saved filters') : trans.__('Save this filter')}
          onClick={() => void saved.toggle(filter)}
        >
          {isSaved ? '★' : '☆'}
        </button>
      )}
      <button className="jp-MLFilter-button" aria-label={trans.__('Clear the filter')} onClick={props.onClear}>
        <closeIcon.react tag="span" />
      </button>
    </>
  );
}
