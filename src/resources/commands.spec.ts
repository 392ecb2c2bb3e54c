// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Commands } from './commands';

describe('a command', () => {
  let commands: Commands;
  const place = (name: string): HTMLInputElement => document.querySelector(`.${name} input`)!;

  beforeEach(() => {
    document.body.innerHTML =
      '<div class="jp-ModalCommandPalette"><input></div><div class="main"><input></div><div class="list"><input></div>';
    commands = new Commands(new CommandRegistry(), null, nullTranslator.load(''));
    commands.add({ id: 'focus', label: 'Focus', execute: () => place('list').focus() });
  });

  it('keeps the focus that it sets, although the palette returns it to the main area', async () => {
    place('jp-ModalCommandPalette').focus();
    commands.execute('focus');
    place('main').focus(); // as the palette does at once
    await vi.waitFor(() => expect(document.activeElement).toBe(place('list')));
  });

  it('is executed at once otherwise', () => {
    place('main').focus();
    commands.execute('focus');
    expect(document.activeElement).toBe(place('list'));
  });
});
