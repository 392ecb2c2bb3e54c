// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, it } from 'vitest';

import { visible } from './visible';

it.each([
  ['plain “text” ü 😀', 'plain “text” ü 😀'],
  ['gnp.\u202etxt', 'gnp.\\u202etxt'],
  ['a\u001b[31mb\u0007', 'a\\x1b[31mb\\x07'],
  ['\ud800x', '\\ud800x'],
  ['one\r\ntwo\t3', 'one\\r\\ntwo\\t3']
])('escapes control characters: %j', (text, shown) => expect(visible(text)).toBe(shown));

it('keeps newlines and tabs on request', () => {
  expect(visible('one\ntwo\t3\u202e', true)).toBe('one\ntwo\t3\\u202e');
});
