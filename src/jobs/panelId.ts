// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** Return the ID of a job's panel. */
export const panelId = (name: string): string => `jp-MLJobPanel-${name}`;
