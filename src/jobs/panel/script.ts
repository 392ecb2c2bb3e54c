// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { Job } from '../../api';

/** The first file of source code in a command. */
const SCRIPT = /(?:^|\s)(?:'([^']+\.(?:py|sh|R|r|jl))'|([^\s'"$]+\.(?:py|sh|R|r|jl)))(?=\s|$)/;

/** Return the path of the script that a command runs; null if it runs none, or its code is not in a directory. */
export function scriptOf(spec: Job['spec']): string | null {
  if (spec?.type !== 'command' || !spec.code) return null;
  const [, quoted, plain] = SCRIPT.exec(spec.command) ?? [];
  const path = quoted ?? plain;
  if (!path) return null;
  return path.startsWith('/') ? path : `${spec.code}/${path}`;
}
