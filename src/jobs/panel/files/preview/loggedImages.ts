// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JobFile } from '../../../../api';

/** An image that `mlflow.log_image` logged at a step. */
export interface ILoggedImage {
  step: number;
  file: JobFile;
}

/** Logged images by key, each ordered by step. */
export type ILoggedImages = readonly { key: string; images: readonly ILoggedImage[] }[];

/** MLflow's name of a logged image; it also logs a small copy, which is left out. */
const NAME =
  /^(?<key>.+)(?<sign>[+%])step\k<sign>(?<step>-?\d+)\k<sign>timestamp\k<sign>(?<time>\d+)\k<sign>[\w-]+\.\w+$/;

/** Return the images among files that were logged with a key and a step. */
export function groupImages(files: readonly JobFile[]): ILoggedImages {
  const groups = new Map<string, (ILoggedImage & { time: number })[]>();
  for (const file of files) {
    const found = NAME.exec(file.path.split('/').at(-1) ?? '')?.groups;
    if (!found) continue;
    const key = found.key.replace(/[~#]/g, '/'); // MLflow replaces the slashes of a key
    groups.set(key, [...(groups.get(key) ?? []), { step: Number(found.step), time: Number(found.time), file }]);
  }
  return [...groups]
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([key, images]) => ({ key, images: images.sort((a, b) => a.step - b.step || a.time - b.time) }));
}
