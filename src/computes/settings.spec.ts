// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { nullTranslator } from '@jupyterlab/translation';
import { expect, it } from 'vitest';

import { settingText } from './settings';

const trans = nullTranslator.load('jupyter_ml');

const SCHEDULES = {
  properties: {
    compute_start_stop: { title: 'Start and stop', items: { properties: { action: { title: 'Action' } } } }
  }
};

it('shows that a name is that of a secret, and not its value', () => {
  expect(settingText('TOKEN', { format: 'secret-name' }, trans)).toBe('secret TOKEN');
});

it.each([
  [null, ''],
  ['', ''],
  [[], ''],
  [{}, ''],
  [0, '0'],
  [false, 'no'],
  ['4GB', '4GB'],
  [[1, 2], '1, 2'],
  [{ cores: 2, queue: null, memory: '4GB' }, 'cores: 2\nmemory: 4GB'],
  [{ compute_start_stop: [] }, ''],
  [
    {
      compute_start_stop: [
        { action: 'start', trigger: { type: 'cron', expression: '0 8 * * 1-5', start_time: null } },
        { action: 'stop', trigger: { type: 'recurrence', schedule: { hours: [18], week_days: ['monday', 'friday'] } } }
      ]
    },
    'Action: start · type: cron · expression: 0 8 * * 1-5\n' +
      'Action: stop · type: recurrence · hours: 18 · week_days: monday, friday'
  ]
])('returns a setting as text: %j', (value, text) => {
  expect(settingText(value, SCHEDULES, trans)).toBe(text);
});
