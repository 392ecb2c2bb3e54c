// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import { fireEvent } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';

import { keepFocus, openMenu } from './context';

const commands = new CommandRegistry();
commands.addCommand('a', { label: 'a', execute: () => undefined, describedBy: { args: {} } });

beforeEach(() => {
  document.body.innerHTML = '<button class="jp-MLThing">ours</button><button class="other">other</button>';
});

const button = (): HTMLElement => document.querySelector('.jp-MLThing') as HTMLElement;
const focused = (): string | undefined => document.activeElement?.className;

it('returns the focus to the button of a menu', async () => {
  openMenu(button(), commands, ['a', null, 'unknown']);
  expect(document.querySelectorAll('.lm-Menu-item[data-command]')).toHaveLength(1);
  expect(focused()).not.toBe('jp-MLThing');
  fireEvent.keyDown(document.querySelector('.lm-Menu') as Element, { key: 'Escape', keyCode: 27 });
  await vi.waitFor(() => expect(focused()).toBe('jp-MLThing'));
});

it('returns the focus from a context menu, unless something else has it', async () => {
  const menu = new Menu({ commands });
  menu.addItem({ command: 'a' });
  keepFocus(menu);
  const close = (): void => void fireEvent.keyDown(menu.node, { key: 'Escape', keyCode: 27 });
  button().focus();
  fireEvent.contextMenu(button());
  menu.open(0, 0);
  close();
  await vi.waitFor(() => expect(focused()).toBe('jp-MLThing'));
  fireEvent.contextMenu(button());
  menu.open(0, 0);
  const other = document.querySelector<HTMLElement>('.other');
  menu.aboutToClose.connect(() => requestAnimationFrame(() => other?.focus()));
  close();
  await vi.waitFor(() => expect(focused()).toBe('other'));
});
