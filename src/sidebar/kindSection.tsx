// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { KindInfo } from '../api';
import { lazily } from '../components';
import type { ICommands, IKinds } from '../resources';
import { ResourceCommands } from './commands';
import { makeResourceSection } from './section';
import type { ISidebar, ISidebarSection } from './tokens';

const KindRow = lazily(async () => (await import('./KindRow')).KindRow);
const KindDetail = lazily(async () => (await import('./KindRow')).KindDetail);

/** The distance of the ranks of two sections. */
const RANK = 100;

/** Create the section of a kind from its declaration, except for what is shown in another way. */
export function makeKindSection(
  sidebar: ISidebar,
  kinds: IKinds,
  kind: KindInfo,
  commands: ICommands,
  trans: TranslationBundle
): ISidebarSection {
  const { name, titles, summary } = kind;
  const { title = capitalized(titles), renderRow, empty, create, commands: [open] = [] } = kinds.view(name);
  return makeResourceSection(sidebar, {
    id: titles.replace(/ /g, '-'),
    rank: (kinds.all.indexOf(kind) + 1) * RANK,
    trans,
    kind: name,
    title,
    create,
    rows: kinds.manager(name).window(),
    noMatch: trans.__('No %1 match the filter.', titles),
    empty: { text: empty ?? trans.__('%1: %2.', title, summary) },
    onOpen: resource => void (open && commands.execute(open, { name: resource })),
    onDelete: kind.operations.includes('delete')
      ? names => commands.execute(ResourceCommands.delete, { kind: name, names: [...names] })
      : undefined,
    renderRow: renderRow ?? (resource => <KindRow kind={kind} resource={resource} />),
    renderDetail: resource => <KindDetail kind={kind} resource={resource} />
  });
}

/** Return a title of several words as titles of sections and commands are written: `Online Endpoint`. */
export const capitalized = (title: string): string => title.replace(/\b[a-z]/g, letter => letter.toUpperCase());
