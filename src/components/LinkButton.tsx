// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { linkIcon } from '@jupyterlab/ui-components';
import type { JSX } from 'react';

import { useTrans } from '../hooks';

/** A button that copies the link to what a panel shows. */
export function LinkButton({ onClick }: { onClick: () => void }): JSX.Element {
  const trans = useTrans();
  const label = trans.__('Copy link');
  return (
    <button className="jp-MLLinkButton" title={label} aria-label={label} onClick={onClick}>
      <linkIcon.react tag="span" width="16px" height="16px" />
    </button>
  );
}
