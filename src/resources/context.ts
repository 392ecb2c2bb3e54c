// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { MenuSvg } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Menu } from '@lumino/widgets';
import type { MouseEvent } from 'react';

/** The argument of context-menu items, for the schema of a command's arguments. */
export const CLICKED = {
  clicked: { type: 'boolean', description: 'Whether to act on what is under the context menu' }
} as const;

/** The resource under the context menu, by its attribute `data-ml-KIND`. */
export class ContextTarget {
  constructor(kind: string) {
    // rows are rendered again under an open menu, so the target is stored when the menu opens
    const onContextMenu = ({ target }: Event): void => {
      this._name = (target as Element).closest(`[data-ml-${kind}]`)?.getAttribute(`data-ml-${kind}`) ?? undefined;
    };
    document.addEventListener('contextmenu', onContextMenu, true);
  }

  /** Its name, as of when the menu opened. */
  get name(): string | undefined {
    return this._name;
  }

  private _name: string | undefined;
}

/** Return a function that returns the argument `name` of a command, or what is under the context menu. */
export function namedOrClicked(kind: string): (args: ReadonlyPartialJSONObject) => string | undefined {
  const target = new ContextTarget(kind);
  return ({ name, clicked }) => (clicked ? target.name : (name as string | undefined));
}

/** A command in a menu, with arguments of its own. */
export interface IMenuEntry {
  command: string;
  args: ReadonlyJSONObject;
}

/** Open a menu of commands below an element, which has the focus again when the menu closes. */
export function openMenu(
  anchor: HTMLElement,
  commands: CommandRegistry,
  items: readonly (string | IMenuEntry | null)[],
  args: ReadonlyJSONObject = {}
): void {
  const menu = new MenuSvg({ commands });
  for (const command of items) {
    if (command === null) menu.addItem({ type: 'separator' });
    else if (typeof command !== 'string') menu.addItem(command);
    else if (commands.hasCommand(command)) menu.addItem({ command, args });
  }
  menu.aboutToClose.connect(() =>
    requestAnimationFrame(() => {
      restoreFocus(anchor);
      menu.dispose();
    })
  );
  const { left, bottom } = anchor.getBoundingClientRect();
  menu.open(left, bottom);
}

/** Open the context menu of the active row of a list: the context-menu key is pressed in the list. */
export function redirectContextMenu(event: MouseEvent, row: HTMLElement | null): void {
  if (event.target !== event.currentTarget || !row) return;
  event.preventDefault();
  event.stopPropagation();
  const { left, bottom, height } = row.getBoundingClientRect();
  const at = { clientX: Math.max(0, left) + height, clientY: bottom };
  row.dispatchEvent(new globalThis.MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...at }));
}

/** Return the focus to an element of this extension when a context menu that was opened from it closes. */
export function keepFocus(menu: Menu): void {
  let focused: HTMLElement | null = null;
  const remember = (): void => {
    const active = document.activeElement;
    focused = active instanceof HTMLElement && active.closest('[class*="jp-ML"]') ? active : null;
  };
  document.addEventListener('contextmenu', remember, true);
  menu.aboutToClose.connect(() => {
    const target = focused;
    if (target) requestAnimationFrame(() => restoreFocus(target));
  });
}

/** Focus an element if nothing else has the focus, e.g. a dialog that a command opened. */
function restoreFocus(element: HTMLElement): void {
  const { activeElement } = document;
  if (element.isConnected && (!activeElement || activeElement === document.body)) element.focus();
}
