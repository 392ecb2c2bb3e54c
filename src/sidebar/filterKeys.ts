// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { KeyboardEvent } from 'react';

/** What the keys of a combobox act on. */
export interface IComboboxKeys {
  /** The number of items in the popup; 0 if it is closed. */
  count: number;
  /** The index of the active item, or -1. */
  active: number;
  isEmpty: boolean;
  onActivate: (index: number) => void;
  onAccept: (index: number) => void;
  onOpen: () => void;
  onClose: () => void;
  onSubmit: () => void;
  onEscape: () => void;
  onHelp: () => void;
}

/** Act on a key as ARIA's combobox pattern describes; return whether it was handled. */
function act(event: KeyboardEvent, box: IComboboxKeys): boolean {
  const { count, active, isEmpty } = box;
  switch (event.key) {
    case 'ArrowDown':
      if (count) box.onActivate(Math.min(active + 1, count - 1));
      else if (event.altKey) box.onOpen();
      return count > 0 || event.altKey; // otherwise the sidebar moves the focus to its lists
    case 'ArrowUp':
      if (count) box.onActivate(Math.max(active - 1, -1));
      return count > 0;
    case 'Enter':
      if (active >= 0) box.onAccept(active);
      else box.onSubmit();
      return true;
    case 'Tab':
      if (active >= 0) box.onAccept(active);
      return active >= 0;
    case 'Escape':
      if (count) box.onClose();
      else box.onEscape();
      return true;
    case '?':
      if (isEmpty) box.onHelp();
      return isEmpty;
    default:
      return false;
  }
}

/** Handle a key of a combobox. */
export function handleComboboxKey(event: KeyboardEvent, box: IComboboxKeys): void {
  if (act(event, box)) event.preventDefault();
}
