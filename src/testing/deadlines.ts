// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** How long tests wait for a condition: modules that are loaded on first use take seconds on a busy machine. */
import { configure } from '@testing-library/react';
import { vi } from 'vitest';

const TIMEOUT_MS = 20_000;

configure({ asyncUtilTimeout: TIMEOUT_MS });

// the default is a second, and no option of Vitest changes that
const { waitFor } = vi;
vi.waitFor = (condition, options) =>
  waitFor(condition, { timeout: TIMEOUT_MS, ...(typeof options === 'number' ? { timeout: options } : options) });
