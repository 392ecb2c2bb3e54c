// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IStateDB } from '@jupyterlab/statedb';
import { SidePanel } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ArrayExt } from '@lumino/algorithm';
import { DisposableDelegate } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import { MessageLoop } from '@lumino/messaging';
import type { Message } from '@lumino/messaging';
import { Debouncer } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import type { AccordionPanel } from '@lumino/widgets';

import { mlIcon } from '../components';
import { SavedFilters } from './savedFilters';
import type { ISidebar, ISidebarSection } from './tokens';

const STATE_KEY = 'jupyter-ml:sidebar';
const TITLE_PX = 29;
const SAVE_MS = 500;

/** The stored layout, by section. */
type Remembered = Record<string, { open: boolean; size: number }>;

/** The left panel. */
export class Sidebar extends SidePanel implements ISidebar {
  constructor(
    trans: TranslationBundle,
    private readonly _state: IStateDB | null
  ) {
    super({ alignment: 'justify', titleSpace: TITLE_PX });
    this.id = 'jp-MLSidebar';
    this.addClass('jp-MLSidebar');
    this.title.icon = mlIcon;
    this.title.caption = trans.__('Machine learning: jobs and experiments');
    this.node.setAttribute('role', 'region');
    this.node.tabIndex = -1;
    this.node.setAttribute('aria-label', trans.__('ML'));
    this.node.addEventListener('keydown', event => this._enterList(event));
    // Lumino does not notice that the header has changed its height
    this._observer.observe(this.header.node);
    this._accordion.expansionToggled.connect(this._onToggled, this);
    this._accordion.handleMoved.connect(() => void this._save.invoke(), this);
  }

  readonly saved = new SavedFilters();

  get filter(): string {
    return this._filter;
  }

  get filterChanged(): ISignal<this, string> {
    return this._filterChanged;
  }

  get shown(): ISignal<this, void> {
    return this._shown;
  }

  get sections(): readonly ISidebarSection[] {
    return this._sections;
  }

  get sectionsChanged(): ISignal<this, void> {
    return this._sectionsChanged;
  }

  applies(kind: string): boolean {
    return this._kinds.includes(kind);
  }

  setFilter(filter: string, kinds: readonly string[] = ['job']): void {
    if (filter === this._filter && kinds.join() === this._kinds.join()) return;
    this._filter = filter;
    this._kinds = kinds;
    this._filterChanged.emit(filter);
  }

  add(section: ISidebarSection): IDisposable {
    const index = ArrayExt.upperBound(this._sections, section, (left, right) => left.rank - right.rank);
    ArrayExt.insert(this._sections, index, section);
    this.insertWidget(index, section.panel);
    if (!section.open) this._accordion.collapse(index);
    void this._restore(section);
    this._sectionsChanged.emit();
    return new DisposableDelegate(() => {
      ArrayExt.removeFirstOf(this._sections, section);
      section.panel.parent = null;
      this._sectionsChanged.emit();
    });
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this._save.dispose();
    this._observer.disconnect();
    Signal.clearData(this);
    super.dispose();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._shown.emit();
  }

  /** Focus the filter. */
  protected override onActivateRequest(): void {
    (this.node.querySelector<HTMLElement>('.jp-MLFilter-input') ?? this.node).focus();
  }

  /** Move the focus from the filter to the first list on ArrowDown. */
  private _enterList(event: KeyboardEvent): void {
    const target = event.target as Element;
    if (event.key !== 'ArrowDown' || event.defaultPrevented || !target.matches('.jp-MLFilter-input')) return;
    const list = [...this.node.querySelectorAll<HTMLElement>('.jp-MLRows')].find(rows =>
      rows.querySelector('[data-name]')
    );
    if (!list) return;
    event.preventDefault();
    list.focus();
    if (!list.hasAttribute('aria-activedescendant')) {
      list.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true }));
    }
  }

  private get _accordion(): AccordionPanel {
    return this.content as AccordionPanel;
  }

  /** Divide the height if a section opens that was collapsed when it was restored: Lumino gives it none. */
  private _onToggled(accordion: AccordionPanel, index: number): void {
    if (!accordion.widgets[index].isHidden && !accordion.relativeSizes()[index]) {
      accordion.setRelativeSizes(accordion.widgets.map(({ isHidden }) => Number(!isHidden)));
    }
    void this._save.invoke();
  }

  /** Expand or collapse a section as it was, and give it its size again. */
  private async _restore({ id, panel }: ISidebarSection): Promise<void> {
    this._known ??= this._state?.fetch(STATE_KEY).then(known => (known ?? {}) as Remembered);
    const known = (await this._known) ?? {};
    const index = this._sections.findIndex(section => section.panel === panel);
    if (this.isDisposed || index < 0 || !(id in known)) return;
    if (known[id].open) this._accordion.expand(index);
    else this._accordion.collapse(index);
    const sizes = this._accordion.relativeSizes();
    this._accordion.setRelativeSizes(sizes.map((size, at) => known[this._sections[at].id]?.size ?? size));
  }

  private async _remember(): Promise<void> {
    const sizes = this._accordion.relativeSizes();
    const open = (index: number): boolean => !this._sections[index].panel.isHidden;
    const known: Remembered = Object.fromEntries(
      this._sections.map(({ id }, index) => [id, { open: open(index), size: sizes[index] }])
    );
    const others = await this._known; // sections that are added later
    this._known = Promise.resolve({ ...others, ...known });
    await this._state?.save(STATE_KEY, await this._known);
  }

  private readonly _sections: ISidebarSection[] = [];
  private readonly _observer = new ResizeObserver(() =>
    MessageLoop.postMessage(this.content, Widget.ResizeMessage.UnknownSize)
  );
  private readonly _save = new Debouncer(() => this._remember(), SAVE_MS);
  private readonly _filterChanged = new Signal<this, string>(this);
  private readonly _sectionsChanged = new Signal<this, void>(this);
  private readonly _shown = new Signal<this, void>(this);
  private _known: Promise<Remembered> | undefined;
  private _filter = '';
  private _kinds: readonly string[] = [];
}
