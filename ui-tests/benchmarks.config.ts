// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import config from './playwright.config';

/** Measures the user interface; see `benchmarks/`. */
export default { ...config, testDir: 'benchmarks', outputDir: 'results/failed', workers: 1, timeout: 600_000 };
