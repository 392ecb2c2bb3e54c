// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { KindInfo } from '../api';
import type { ICommands, IKinds } from '../resources';
import { makeResourceSection } from './section';
import type { ISidebar, ISidebarSection } from './tokens';

/** The distance of the ranks of two sections. */
const RANK = 100;

/** Create the section of a kind. */
export function makeKindSection(
  sidebar: ISidebar,
  kinds: IKinds,
  kind: KindInfo,
  commands: ICommands,
  trans: TranslationBundle
): ISidebarSection {
  const { name, titles } = kind;
  const { title = capitalized(titles), create } = kinds.view(name);
  return makeResourceSection(sidebar, {
    id: titles.replace(/ /g, '-'),
    rank: (kinds.all.indexOf(kind) + 1) * RANK,
    trans,
    title,
    create,
    load: async () => (await import('./kindList')).kindList(kinds, kind, title, commands, trans)
  });
}

/** Return a title of several words as titles of sections and commands are written: `Online Endpoint`. */
export const capitalized = (title: string): string => title.replace(/\b[a-z]/g, letter => letter.toUpperCase());
