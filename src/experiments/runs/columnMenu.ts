// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import type { ExperimentUpdate } from '../../api';
import { withErrorDialog } from '../../components';
import { openMenu } from '../../resources';
import { isLowerBetter, isMetric, keyOf } from './columns';
import type { RunsModel } from './model';

/** Open the menu of a column below its button. */
export function openColumnMenu(model: RunsModel, column: string, button: HTMLElement, trans: TranslationBundle): void {
  const commands = new CommandRegistry();
  const items: (string | null)[] = [];
  const add = (label: string, act: () => void, isEnabled = true): void => {
    const command = `${items.length}`;
    const execute = (): void => {
      act();
      button.closest<HTMLElement>('[role="grid"]')?.focus(); // the button may be gone
    };
    commands.addCommand(command, { label, execute, isEnabled: () => isEnabled, describedBy: { args: {} } });
    items.push(command);
  };
  addItems(model, column, trans, add, () => items.push(null));
  openMenu(button, commands, items);
}

function addItems(
  model: RunsModel,
  column: string,
  trans: TranslationBundle,
  add: (label: string, execute: () => void, isEnabled?: boolean) => void,
  separate: () => void
): void {
  const { view, experiment } = model;
  const { columns, group, pinned } = view;
  const index = columns.indexOf(column);
  const move = (to: number): void => {
    const others = columns.filter(each => each !== column);
    model.setView({ columns: [...others.slice(0, to), column, ...others.slice(to)] });
  };
  add(trans.__('Sort Ascending'), () => model.setView({ sort: column, descending: false }));
  add(trans.__('Sort Descending'), () => model.setView({ sort: column, descending: true }));
  if (group === column) add(trans.__('Do Not Group'), () => model.setView({ group: null }));
  else add(trans.__('Group by This Column'), () => model.setView({ group: column }));
  separate();
  add(trans.__('Move Left'), () => move(index - 1), index > 0);
  add(trans.__('Move Right'), () => move(index + 1), index < columns.length - 1);
  if (pinned === index + 1) add(trans.__('Pin No Columns'), () => model.setView({ pinned: 0 }));
  else add(trans.__('Pin Columns up to This One'), () => model.setView({ pinned: index + 1 }));
  add(
    trans.__('Hide Column'),
    () => model.setView({ columns: columns.filter(each => each !== column), pinned: Math.min(pinned, index) }),
    columns.length > 1
  );
  if (!experiment || !isMetric(column)) return;
  separate();
  const update = (changes: ExperimentUpdate): void =>
    void withErrorDialog(trans.__('Primary Metric'), trans, () => model.update(changes));
  const key = keyOf(column);
  const isPrimary = experiment.primary_metric === key;
  const goal = isLowerBetter(column, experiment) ? 'minimize' : 'maximize';
  if (!isPrimary) add(trans.__('Use as Primary Metric'), () => update({ primary_metric: key, goal }));
  else if (goal === 'minimize') add(trans.__('Higher Is Better'), () => update({ goal: 'maximize' }));
  else add(trans.__('Lower Is Better'), () => update({ goal: 'minimize' }));
}
