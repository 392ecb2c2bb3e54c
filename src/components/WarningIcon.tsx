// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

/** A warning icon beside the name of a job, with details in its tooltip. */
export function WarningIcon({ label, detail }: { label: string; detail: string }): JSX.Element {
  return (
    <svg className="jp-MLWarningIcon" viewBox="0 0 16 16" role="img" aria-label={label}>
      <title>{detail}</title>
      <path d="M8 3l5.5 10h-11zM8 7v2.5M8 11.4v.2" />
    </svg>
  );
}
