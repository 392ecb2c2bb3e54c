// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { nullTranslator } from '@jupyterlab/translation';
import type { Contents } from '@jupyterlab/services';
import { act, render } from '@testing-library/react';
import { expect, it, vi } from 'vitest';

import { TransContext } from '../hooks';
import { fakeServer, Refusal } from '../testing/server';
import { DataModel, PAGE, PROFILED_BYTES } from './model';
import type { DataProfile } from './model';
import { DataView } from './DataView';
import { Histogram } from './Histogram';
import { UnreadProvider } from './provider';
import { barConditions, basisText, columnText, distinctText, endText, filterText, medianText } from './texts';

const trans = nullTranslator.load('jupyter_ml');

const FORMAT = {
  format: 'csv',
  compression: null,
  encoding: 'utf-8',
  delimiter: ',',
  bytes: 1_000,
  notes: ['Line 3 has 2 fields instead of 3: missing fields are empty.']
};

function column(name: string, rows: number, how: string, of: number | null): object {
  return {
    name,
    type: 'BIGINT',
    basis: { how, rows, of_rows: of },
    nulls: 2,
    not_numbers: null,
    minimum: 0,
    maximum: 1.23456789,
    mean: 0.5,
    bins: [{ lower: 0, upper: 1, count: 3 }],
    values_basis: null,
    distinct: 1234,
    distinct_exact: false,
    quantiles: null,
    top: []
  };
}

/** Serve a file of so many rows, with pages and profiles. */
function server(total: number, changed: { bytes?: number; estimated?: boolean; last?: number; refuse?: boolean } = {}) {
  return fakeServer(({ path, query }) => {
    if (changed.refuse) throw new Refusal(400, 'invalid_input', 'page.csv is not a table, but HTML');
    const format = { ...FORMAT, bytes: changed.bytes ?? FORMAT.bytes };
    const file = { path: 'a.csv', format };
    if (path === '/data-view/profile') {
      const exact = query.get('exact') === 'true';
      const columns = [column('n', exact ? total : 100, exact ? 'all' : 'sample', exact ? total : null)];
      return { ...file, rows: exact ? total : null, columns, complete: exact, elapsed_s: 0.1 };
    }
    const offset = Number(query.get('offset'));
    const end = Math.min(total, offset + Number(query.get('limit')));
    return {
      ...file,
      columns: [{ name: 'n', type: 'BIGINT' }],
      offset,
      rows: Array.from({ length: Math.max(0, end - offset) }, (_, index) => [offset + index]),
      total: changed.estimated ? null : total,
      estimated_total: changed.estimated ? total + 50 : null,
      last: changed.last ?? null,
      progress: null
    };
  });
}

function shown(model: DataModel): HTMLElement {
  return render(
    <TransContext.Provider value={trans}>
      <DataView model={model} />
    </TransContext.Provider>
  ).container;
}

it('fetches the first rows and a profile, and other pages when they are shown', async () => {
  const { api, requests } = server(1_000);
  const model = new DataModel(api, 'a.csv');
  await model.load();
  expect(requests.map(request => request.replace(/&\d+$/, ''))).toEqual([
    `GET /data-view/rows?path=a.csv&offset=0&limit=${PAGE}`,
    'GET /data-view/profile?path=a.csv&exact=false',
    'GET /data-view/profile?path=a.csv&exact=true'
  ]);
  expect([model.count, model.isExact, model.isProfiled]).toEqual([1_000, true, true]);
  expect(model.row(0)).toEqual([0]);
  expect(model.row(450)).toBeUndefined();
  expect(model.row(451)).toBeUndefined(); // of the same page, which is fetched once
  await vi.waitFor(() => expect(model.row(450)).toEqual([450]));
  expect(requests).toHaveLength(4);
  model.dispose();
});

it('profiles all rows of a large file only on request', async () => {
  const { api, requests } = server(1_000, { bytes: PROFILED_BYTES + 1 });
  const model = new DataModel(api, 'a.csv');
  await model.load();
  expect(requests).toHaveLength(2);
  const node = shown(model);
  expect(node.textContent).toContain('Profile of the first 100 rows');
  const [button] = [...node.querySelectorAll('button')].filter(each => each.textContent === 'Profile All Rows');
  act(() => button.click());
  await vi.waitFor(() => expect(model.isProfiled).toBe(true));
  expect(node.textContent).toContain('Profile of all 1,000 rows');
  model.dispose();
});

it('shows an estimate until the end of the file is known', async () => {
  const { api } = server(420, { estimated: true, bytes: PROFILED_BYTES + 1 });
  const model = new DataModel(api, 'a.csv');
  await model.load();
  expect([model.count, model.isExact]).toEqual([470, false]);
  expect(shown(model).textContent).toContain('About 470 rows');
  model.row(410);
  await vi.waitFor(() => expect([model.count, model.isExact]).toEqual([420, true]));
  model.dispose();
});

it('shows how many rows of a compressed file there are to see', async () => {
  const { api } = server(90_000, { estimated: true, last: 10_000, bytes: PROFILED_BYTES + 1 });
  const model = new DataModel(api, 'a.csv.gz');
  await model.load();
  expect(model.count).toBe(10_000);
  expect(shown(model).textContent).toContain('The first 10,000 rows of a compressed file');
  model.dispose();
});

it('shows why a file is not a table, and notes', async () => {
  const refused = new DataModel(server(1, { refuse: true }).api, 'page.csv');
  await refused.load();
  expect(shown(refused).textContent).toContain('page.csv is not a table, but HTML');
  refused.dispose();
  const noted = new DataModel(server(1).api, 'a.csv');
  await noted.load();
  expect(shown(noted).textContent).toContain('Line 3 has 2 fields');
  noted.dispose();
});

it('ends a profile that is canceled', async () => {
  const { api } = server(5, { bytes: PROFILED_BYTES + 1 });
  const model = new DataModel(api, 'a.csv');
  await model.load();
  const profiling = model.computeProfile(true);
  model.cancelProfile();
  await profiling;
  expect([model.isProfiled, model.profileError]).toEqual([false, null]);
  model.dispose();
});

it('shows the columns as a table, too', async () => {
  const model = new DataModel(server(5).api, 'a.csv');
  await model.load();
  const node = shown(model);
  const [button] = [...node.querySelectorAll('button')].filter(each => each.textContent === 'Columns');
  act(() => button.click());
  expect(node.querySelector('tbody tr')?.textContent).toContain('n' + 'BIGINT' + '2');
  expect(node.querySelector('tbody tr')?.textContent).toContain('~1,234');
  model.dispose();
});

it('filters rows by a click on a bar, in words, until the filter is removed', async () => {
  const { api, requests } = server(1_000);
  const model = new DataModel(api, 'a.csv');
  await model.load();
  const profile = model.profile!;
  const [bar] = barConditions(profile.columns[0]);
  const node = shown(model);
  const onFilter = vi.fn();
  const histogram = render(<Histogram profile={profile.columns[0]} onFilter={onFilter} />).container;
  act(() => histogram.querySelector<HTMLElement>('.jp-mod-clickable')?.click());
  expect(onFilter).toHaveBeenCalledWith(bar);
  await act(() => model.addCondition(bar));
  await act(() => model.addCondition(bar)); // again: it is there once
  expect(requests.at(-1)).toContain('"column":"n","value":null,"lower":0,"upper":1,"includes_lower":true');
  expect(model.conditions).toHaveLength(1);
  expect(node.textContent).toContain('n from 0 to 1');
  const remove = node.querySelector<HTMLElement>('[aria-label="Remove the filter n from 0 to 1"]');
  await act(async () => {
    remove?.click();
    await Promise.resolve();
  });
  expect(model.conditions).toEqual([]);
  await vi.waitFor(() => expect(requests.at(-1)).not.toContain('filters'));
  model.dispose();
});

it('offers the same conditions in the table of columns, to keyboards and screen readers', async () => {
  const model = new DataModel(server(1_000).api, 'a.csv');
  await model.load();
  const node = shown(model);
  act(() => [...node.querySelectorAll('button')].find(each => each.textContent === 'Columns')?.click());
  await act(async () => {
    node.querySelector<HTMLElement>('[aria-label="Show the rows where n is empty: 2"]')?.click();
    await Promise.resolve();
  });
  expect(model.conditions[0].filter.is_empty).toBe(true);
  model.dispose();
});

it('asks again while rows are being searched for, and shows how far that is', async () => {
  let asked = 0;
  const { api } = fakeServer(({ path, query }) => {
    const format = { ...FORMAT, files: 1 };
    const columns = [{ name: 'n', type: 'BIGINT' }];
    if (path === '/data-view/profile') {
      return { path: 'a.csv', format, rows: 9, columns: [], complete: true, elapsed_s: 0 };
    }
    const isReady = query.get('offset') === '0' || ++asked > 2;
    const rows = isReady ? [[Number(query.get('offset'))]] : [];
    const last = { total: 1_000, estimated_total: null, last: null, progress: isReady ? null : asked / 4 };
    return { path: 'a.csv', format, columns, offset: Number(query.get('offset')), rows, ...last };
  });
  const model = new DataModel(api, 'a.csv');
  await model.load();
  const seen: (number | null)[] = [];
  model.changed.connect(() => seen.push(model.progress));
  model.row(800);
  await vi.waitFor(() => expect(model.row(800)).toEqual([800]));
  expect(seen).toEqual([0.25, 0.5, null]);
  model.dispose();
});

it('shows conditions on times as times', () => {
  const filter = { column: 'at', value: null, lower: 0, upper: 86_400, includes_lower: true, is_empty: false };
  expect(filterText(filter, true, trans)).toBe('at from 1970-01-01 to 1970-01-02');
  expect(filterText({ ...filter, lower: null, upper: null, value: 'x' }, false, trans)).toBe('at is x');
});

it('describes a column with what its numbers were computed from', () => {
  const profile = { columns: [column('n', 100, 'sample', null)] } as unknown as DataProfile;
  const [found] = profile.columns;
  expect(basisText(profile, trans)).toBe('Profile of the first 100 rows');
  expect(columnText(found, trans)).toBe('n (BIGINT); from 0 to 1.23456789; 2 empty; ~1,234 distinct; first 100 rows');
  expect([
    medianText(found),
    medianText({ ...found, quantiles: { q05: 1, q25: 1, median: 1.5, q75: 2, q95: 2 } })
  ]).toEqual(['', '~1.5']);
  expect([distinctText({ ...found, distinct_exact: true }), endText(1.23456789), endText(12)]).toEqual([
    '1,234',
    '1.23457',
    '12'
  ]);
});

it('provides files without their content, which cannot be saved', async () => {
  const get = vi.fn(() => Promise.resolve({ path: 'a.csv', type: 'file', writable: true, size: 5e9 }));
  const provider = new UnreadProvider({ get } as unknown as Contents.IManager, 'The data view is read-only.');
  expect(await provider.get('a.csv')).toMatchObject({ content: '', format: 'text', writable: false });
  expect(get).toHaveBeenCalledWith('a.csv', { content: false });
  await expect(provider.save()).rejects.toThrow('read-only');
});
