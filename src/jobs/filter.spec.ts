// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it } from 'vitest';

import { parseFilter } from './filter';

describe('parseFilter', () => {
  it.each([
    ['', {}],
    ['otter', { search: 'otter' }],
    ['big otter', { search: 'big otter' }],
    ['is:failed', { states: ['Failed'] }],
    ['is:archived otter', { archived: true, search: 'otter' }],
    ['experiment:trees', { experiment_name: 'trees' }],
    ['experiment:"two words" otter', { experiment_name: 'two words', search: 'otter' }],
    ['metrics.r2>0.4', { where: ['metrics.r2 > 0.4'] }],
    ['metrics.r2 >= 0.4 tags.team=a', { where: ['metrics.r2 >= 0.4', 'tags.team = a'] }],
    ['parameters.kind = "a b" otter', { where: ['parameters.kind = "a b"'], search: 'otter' }],
    ['metrics.r2 >', {}],
    ['metrics.', {}],
    ['otter is:', { search: 'otter' }]
  ])('parses %j', (text, query) => {
    expect(parseFilter(text)).toEqual(query);
  });

  it('includes all running states', () => {
    expect(parseFilter('is:running').states).toContain('Finalizing');
  });
});
