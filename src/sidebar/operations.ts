// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { KindInfo } from '../api';
import { visible, withErrorDialog } from '../components';
import type { IKinds } from '../resources';
import { labelOf } from './kindCommands';

/** Resources of one kind. */
export interface IResources {
  kind: KindInfo;
  names: readonly string[];
}

/** Archive resources, and offer to undo that. */
export async function archive(resources: IResources, kinds: IKinds, trans: TranslationBundle): Promise<void> {
  await each(resources, kinds, 'archive');
  const undo = (): void =>
    void withErrorDialog(labelOf('restore', resources.kind, trans), trans, () => restore(resources, kinds));
  Notification.info(trans.__('%1 is archived', visible(resources.names.join(', '))), {
    autoClose: 5_000,
    actions: [{ label: trans.__('Undo'), callback: undo }]
  });
}

/** Restore resources that are archived. */
export function restore(resources: IResources, kinds: IKinds): Promise<void> {
  return each(resources, kinds, 'restore');
}

/** Delete resources, after confirmation. */
async function remove(resources: IResources, kinds: IKinds, trans: TranslationBundle): Promise<void> {
  const names = visible(resources.names.join(', '));
  const answer = await showDialog({
    title: labelOf('delete', resources.kind, trans).replace('…', ''),
    body: resources.kind.versioned
      ? trans.__('Delete %1 with all versions? This cannot be undone.', names)
      : trans.__('Delete %1? This cannot be undone.', names),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })],
    defaultButton: 0
  });
  if (answer.button.accept) await each(resources, kinds, 'delete');
}

async function each(
  { kind, names }: IResources,
  kinds: IKinds,
  operation: 'archive' | 'restore' | 'delete'
): Promise<void> {
  const manager = kinds.manager(kind.name);
  for (const name of names) await manager[operation](name);
}

export { remove as delete };
