// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { nullTranslator } from '@jupyterlab/translation';
import { act, screen, waitFor } from '@testing-library/react';
import { Widget } from '@lumino/widgets';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { ApiError } from '../api';
import { makeResourceSection } from '../sidebar';
import { Sidebar } from '../sidebar/sidebar';
import { FakeStream } from '../testing/stream';
import { ResourceManager } from './manager';

interface ITree {
  name: string;
  height: number;
  archived: boolean;
}

/** A kind of resource that only this test has. */
describe('a kind of resource', () => {
  let stored: ITree[];
  let stream: FakeStream;
  let trees: ResourceManager<ITree>;
  const find = (name: string): ITree => {
    const tree = stored.find(item => item.name === name);
    if (!tree) throw new ApiError(`There is no tree ${name}`, 'not_found', 404);
    return tree;
  };
  const archive = (name: string, archived: boolean): Promise<ITree> =>
    Promise.resolve(Object.assign(find(name), { archived }));

  beforeEach(() => {
    stored = [
      { name: 'oak', height: 20, archived: false },
      { name: 'elm', height: 30, archived: false }
    ];
    stream = new FakeStream();
    trees = new ResourceManager<ITree>(
      {
        list: ({ filter = '', archived = false }) => {
          const items = stored.filter(tree => tree.archived === archived && tree.name.includes(filter));
          return Promise.resolve({ items: items.map(item => ({ ...item })), total: items.length });
        },
        get: name => Promise.resolve().then(() => ({ ...find(name) })),
        update: (name, change, revision = find(name).height) => {
          const tree = find(name);
          if (revision !== tree.height) throw new ApiError('It grew.', 'conflict', 409, null, { ...tree });
          return Promise.resolve({ ...Object.assign(tree, change) });
        },
        archive: name => archive(name, true),
        restore: name => archive(name, false),
        delete: name => Promise.resolve(void stored.splice(stored.indexOf(find(name)), 1))
      },
      stream.feed,
      'tree'
    );
  });

  it('updates a resource, and knows what it is now on a conflict', async () => {
    const watch = trees.watch('oak');
    await trees.update('oak', { height: 21 }, 20);
    expect(trees.peek('oak')?.height).toBe(21);
    stored[0].height = 22;
    await expect(trees.update('oak', { height: 30 }, 21)).rejects.toMatchObject({ status: 409 });
    expect(trees.peek('oak')?.height).toBe(22);
    watch.dispose();
  });

  it('has a section that follows its events, the filter, and its operations', async () => {
    const trans = nullTranslator.load('jupyter_ml');
    const sidebar = new Sidebar(trans, null);
    sidebar.add(
      makeResourceSection(sidebar, {
        id: 'trees',
        rank: 500,
        open: true,
        trans,
        title: 'Trees',
        load: async () => ({
          kind: 'tree',
          title: 'Trees',
          rows: await trees.window(),
          noMatch: 'No trees match the filter.',
          empty: { text: 'A tree is for testing.' },
          onOpen: () => undefined,
          renderRow: ({ name, height }) => `${name} ${height} m`
        })
      })
    );
    act(() => Widget.attach(sidebar, document.body));
    expect(await screen.findByText('oak 20 m')).toBeTruthy();
    const elm = document.querySelectorAll('.jp-MLTree[data-ml-tree="elm"]');
    expect(elm).toHaveLength(1);

    stored.unshift({ name: 'ash', height: 9, archived: false });
    act(() => stream.emit('tree', { type: 'tree_created', name: 'ash' }));
    expect(await screen.findByText('ash 9 m')).toBeTruthy();
    expect(document.querySelector('[data-ml-tree="elm"]'), 'a click on it cannot go to another row').toBe(elm[0]);

    stored[1].height = 21;
    act(() => stream.emit('tree', { type: 'tree_updated', name: 'oak' }));
    expect(await screen.findByText('oak 21 m')).toBeTruthy();
    await act(() => trees.archive('oak'));
    await waitFor(() => expect(screen.queryByText('oak 21 m')).toBeNull());
    act(() => sidebar.setFilter('beech', ['tree']));
    expect(await screen.findByText('No trees match the filter.')).toBeTruthy();
    act(() => sidebar.dispose());
  });

  it('emits changed for what is watched, and deleted for what is gone', async () => {
    const [changed, deleted] = [vi.fn(), vi.fn()];
    trees.changed.connect((_, { height }) => void changed(height));
    trees.deleted.connect((_, name) => void deleted(name));
    const watch = trees.watch('oak');
    stored[0].height = 22;
    stream.emit('tree', { type: 'tree_updated', name: 'oak' });
    await vi.waitFor(() => expect(changed).toHaveBeenCalledWith(22));
    expect(trees.peek('oak')?.height).toBe(22);
    stream.emit('tree', { type: 'tree_deleted', name: 'elm' });
    expect(deleted.mock.calls).toEqual([['elm']]);

    stored.shift();
    stream.feed.refresh();
    await vi.waitFor(() => expect(deleted.mock.calls).toEqual([['elm'], ['oak']]));
    watch.dispose();
    expect(trees.peek('oak')).toBeUndefined();
  });
});
