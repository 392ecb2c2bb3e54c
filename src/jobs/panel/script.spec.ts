// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, it } from 'vitest';

import type { Job } from '../../api';
import { scriptOf } from './script';

it.each([
  ['python train.py --rate 0.1', '/work', '/work/train.py'],
  ["python 'my train.py' --data other.py", '/work', '/work/my train.py'],
  ['bash /opt/run.sh', '/work', '/opt/run.sh'],
  ['python -m train', '/work', null],
  ['python train.py', null, null],
  ['python "$HOME/train.py"', '/work', null]
])('%s in %s runs %s', (command, code, expected) => {
  expect(scriptOf({ type: 'command', command, code } as Job['spec'])).toBe(expected);
});

it('a notebook and a run of MLflow have none', () => {
  expect([scriptOf(null), scriptOf({ type: 'notebook', notebook: '/work/train.ipynb' } as Job['spec'])]).toEqual([
    null,
    null
  ]);
});
