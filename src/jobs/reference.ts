// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** Return Python code that loads these jobs. */
export function jobReference(names: readonly string[]): string {
  const jobs = names.map(name => `jupyter_ml.Workspace.open().jobs.get(${JSON.stringify(name)})`);
  return ['import jupyter_ml', ...jobs].join('\n');
}
