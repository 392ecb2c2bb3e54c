// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** Return whether a file may be a job file, by its name. */
export const isJobFile = (path: string): boolean => /\.ya?ml$/i.test(path);

/** Return whether the name of a file is that of a notebook, a script or a job file. */
export const isRunnable = (path: string): boolean => /\.(ipynb|py|sh|r)$/i.test(path) || isJobFile(path);
