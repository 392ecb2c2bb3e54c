// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { KindInfo } from '../api';
import type { ICommands, IDeclaredResource, IKinds, IResourceListProps } from '../resources';
import { ResourceCommands } from './commands';
import { KindDetail, KindRow } from './KindRow';

/** Return how a kind is listed: by its declaration, except for what is shown in another way. */
export async function kindList(
  kinds: IKinds,
  kind: KindInfo,
  title: string,
  commands: ICommands,
  trans: TranslationBundle
): Promise<IResourceListProps<IDeclaredResource>> {
  const { name, titles, summary } = kind;
  const { renderRow, empty, commands: [open] = [] } = kinds.view(name);
  return {
    kind: name,
    title,
    rows: await kinds.manager(name).window(),
    noMatch: trans.__('No %1 match the filter.', titles),
    empty: { text: empty ?? trans.__('%1: %2.', title, summary) },
    onOpen: resource => void (open && commands.execute(open, { name: resource })),
    onDelete: kind.operations.includes('delete')
      ? names => commands.execute(ResourceCommands.delete, { kind: name, names: [...names] })
      : undefined,
    renderRow: renderRow ?? (resource => <KindRow kind={kind} resource={resource} />),
    renderDetail: resource => <KindDetail kind={kind} resource={resource} />
  };
}
