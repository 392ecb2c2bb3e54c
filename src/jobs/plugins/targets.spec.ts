// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';

import { Selection } from '../../resources';
import { makeJob } from '../../testing/jobs';
import { Targets } from './targets';

describe('Targets', () => {
  let selection: Selection;
  let targets: Targets;

  beforeEach(() => {
    document.body.innerHTML = `
      <div role="listbox">
        <div role="option" aria-selected="true" data-ml-job="a"><b id="selected"></b></div>
        <div role="option" aria-selected="false" data-ml-job="c"><b id="other"></b></div>
      </div>
      <div class="jp-OutputArea"><div data-ml-job="b"><b id="output"></b></div><b id="aside"></b></div>`;
    selection = new Selection();
    selection.set(['x', 'a']);
    const peek = (name: string): ReturnType<typeof makeJob> => makeJob(name, { display_name: `the job ${name}` });
    targets = new Targets({ peek }, selection, nullTranslator.load('jupyter_ml'));
  });

  const click = (id: string): void => void fireEvent.contextMenu(document.getElementById(id) as HTMLElement);

  it.each([
    ['output', ['b'], 'b'],
    ['other', ['c'], 'c'],
    ['selected', ['x', 'a'], 'a'],
    ['aside', [], undefined]
  ])('are what is under the context menu: %s', (id, names, name) => {
    click(id);
    expect(targets.names({ clicked: true })).toEqual(names);
    expect(targets.name({ clicked: true })).toBe(name);
  });

  it('are stored when the menu opens', () => {
    click('output');
    document.querySelector('.jp-OutputArea')?.replaceChildren();
    expect(targets.names({ clicked: true })).toEqual(['b']);
    click('selected');
    selection.set(['c']);
    document.querySelector('[data-ml-job="a"]')?.setAttribute('data-ml-job', 'new');
    expect(targets.names({ clicked: true })).toEqual(['x', 'a']);
  });

  it('are the selected jobs otherwise', () => {
    click('output');
    expect(targets.names({})).toEqual(['x', 'a']);
    expect(targets.name({})).toBe('a');
  });

  it('are those that the arguments name', () => {
    expect(targets.names({ names: ['d', 'e'] })).toEqual(['d', 'e']);
    expect(targets.name({ name: 'd' })).toBe('d');
  });

  it('are part of the label where the context does not show them', () => {
    expect(targets.label('Delete Job…', { clicked: true })).toBe('Delete Job…');
    expect(targets.label('Delete Job…', { name: 'a' })).toBe('Delete Job…');
    expect(targets.label('Delete Job…', {})).toBe('Delete Job… (2 jobs)');
    selection.set(['a']);
    expect(targets.label('Delete Job…', {})).toBe('Delete Job… (the job a)');
    selection.set([]);
    expect(targets.label('Delete Job…', {})).toBe('Delete Job…');
  });
});
