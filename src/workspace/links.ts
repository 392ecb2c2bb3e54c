// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { URLExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { copy } from '../components';
import type { ILinkTarget } from '../resources';
import type { ILinks } from './tokens';

/** The query parameter of links. */
export const PARAMETER = 'ml';
/** The browser's tab, and the workspace of JupyterLab, in which panels are opened from pages that have no tabs. */
const OTHER = 'jupyter-ml';

/** Links to JupyterLab with what a panel shows: `/lab?ml=job/NAME`. */
export class Links implements ILinks {
  /**
   * @param baseUrl - The URL of the server.
   * @param hasTabs - Whether panels can be added to the main area.
   */
  constructor(
    private readonly _baseUrl: string,
    readonly hasTabs: boolean,
    private readonly _trans: TranslationBundle
  ) {
    document.addEventListener('contextmenu', ({ target }) => (this._clicked = this._linkAt(target as Element)), true);
  }

  /** The link of the row or tab under the context menu. */
  get clicked(): string | undefined {
    return this._clicked;
  }

  add(kind: string, target: ILinkTarget): void {
    this._targets.set(kind, target);
  }

  target(kind: string): ILinkTarget | undefined {
    return this._targets.get(kind);
  }

  url(link: string): string {
    return this._url(link, 'lab');
  }

  copy(link: string): void {
    copy(this.url(link), this._trans.__('The link is copied.'));
  }

  leave(link: string): boolean {
    if (this.hasTabs) return false;
    const url = this._url(link, `lab/workspaces/${OTHER}`);
    void import('./openTab').then(({ openTab }) => openTab(url, OTHER, this._trans));
    return true;
  }

  private _url(link: string, page: string): string {
    const value = encodeURIComponent(link).replace(/%2F/g, '/').replace(/%2C/g, ',');
    return `${URLExt.join(this._baseUrl, page)}?${PARAMETER}=${value}`;
  }

  private _linkAt(element: Element): string | undefined {
    const tab = element.closest('[data-ml-link]')?.getAttribute('data-ml-link');
    if (tab) return tab;
    const kinds = [...this._targets.keys()];
    const row = kinds.length ? element.closest(kinds.map(kind => `[data-ml-${kind}]`).join()) : null;
    const kind = kinds.find(each => row?.hasAttribute(`data-ml-${each}`));
    return kind && `${kind}/${row?.getAttribute(`data-ml-${kind}`)}`;
  }

  private readonly _targets = new Map<string, ILinkTarget>();
  private _clicked: string | undefined;
}
