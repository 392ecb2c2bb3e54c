// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

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
