// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ReadonlyJSONObject } from '@lumino/coreutils';
// this module is loaded lazily as a whole
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { customizeValidator } from '@rjsf/validator-ajv8';

/** Formats that have widgets of their own; the server checks them. */
const customFormats = { 'data-reference': () => true, 'datastore-path': () => true, 'secret-name': () => true };

export const validator = customizeValidator<ReadonlyJSONObject>({ customFormats });

/** A value that the job leaves open stays open, even if only one is possible, e.g. a single kernel. */
export const DEFAULTS = { constAsDefaults: 'never' } as const;
