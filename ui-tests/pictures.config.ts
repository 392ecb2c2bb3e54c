// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import config from './playwright.config';

/** Takes a picture of each view; see `pictures/`. */
export default { ...config, testDir: 'pictures', outputDir: 'results/failed', workers: 1, timeout: 1_200_000 };
