// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render } from '@testing-library/react';
import { expect, it, vi } from 'vitest';

import { TransContext } from '../../hooks';
import { fakeServer, Refusal } from '../../testing/server';
import { AssetView } from './AssetView';
import { AssetModel } from './model';
import { nameOf, RegisterForm } from './RegisterForm';
import type { IRegisterFormProps } from './RegisterForm';

const trans = nullTranslator.load('jupyter_ml');

function version(number: string, content: string | null): object {
  return {
    name: 'titanic',
    version: number,
    labels: number === '2' ? ['good'] : [],
    description: null,
    created_at: '2026-01-02T03:04:05Z',
    created_by: 'bob',
    source: { job: 'kind_lynx', notebook: null },
    tags: { team: 'a' },
    path: `/data/${number}.csv`,
    fingerprint: { files: 1, bytes: 2_048, listing: 'x', content }
  };
}

function node(kind: string, title: string): object {
  return { id: `${kind}:${title}`, kind, name: title, title, version: null, deleted: false };
}

function server() {
  return fakeServer(({ path, query }) => {
    if (path === '/data/titanic/versions') return { items: [version('2', null), version('1', 'y')], total: 2 };
    if (path.includes('/check')) {
      const [, , name] = path.split('/');
      const detail = '28 bytes instead of 39';
      return { name: 'titanic', version: name.split(':')[1], state: 'changed', trust: 'content', detail };
    }
    if (path === '/lineage') {
      const id = query.get('reference')!;
      const jobs = id.endsWith('2') ? Array.from({ length: 7 }, (_, index) => node('job', `job_${index}`)) : [];
      return { id, nodes: [{ ...node('data', 'titanic'), id }, ...jobs, node('model', 'forest:1')], edges: [] };
    }
    throw new Refusal(404, 'not_found', `${query.get('path')} does not exist`);
  });
}

it('shows the newest version, another one on request, and what has changed behind it', async () => {
  const { api, requests } = server();
  const model = new AssetModel(api, 'titanic');
  await model.load();
  const [onOpenJob, onShowLineage] = [vi.fn(), vi.fn()];
  const node = render(
    <TransContext.Provider value={trans}>
      <AssetView model={model} onOpenJob={onOpenJob} onShowLineage={onShowLineage} />
    </TransContext.Provider>
  ).container;
  expect(node.textContent).toContain('/data/2.csv');
  expect(node.textContent).toContain('Names, sizes and times of the files are recorded, not their content.');
  fireEvent.click([...node.querySelectorAll('button')].find(each => each.textContent === 'kind_lynx')!);
  expect(onOpenJob).toHaveBeenCalledWith('kind_lynx');
  fireEvent.click([...node.querySelectorAll('button')].find(each => each.textContent === 'Show Lineage')!);
  expect(onShowLineage).toHaveBeenCalledWith('2');
  await vi.waitFor(() => expect(node.textContent).toContain('Used by'));
  const uses = [...node.querySelectorAll('dt')].find(each => each.textContent === 'Used by')!.nextElementSibling!;
  expect([...uses.children].map(each => each.textContent)).toEqual(['forest:1', 'job_6', 'job_5', 'job_4', 'job_3']);
  expect(uses.textContent).toContain('and 3 more');
  fireEvent.click(uses.querySelector('button')!);
  expect(onOpenJob).toHaveBeenLastCalledWith('job_6');
  await act(async () => {
    fireEvent.change(node.querySelector('select')!, { target: { value: '1' } });
    await Promise.resolve();
  });
  expect(node.textContent).toContain('The content is recorded: any change is found.');
  await act(() => model.checkFiles());
  expect(requests).toContain('GET /data/titanic:1/check');
  expect(node.textContent).toContain('The files have changed: 28 bytes instead of 39');
  expect(requests.join('\n')).toContain('path=azureml:titanic:1');
  await vi.waitFor(() => expect(node.textContent).toContain('azureml:titanic:1 does not exist'));
  model.dispose();
});

it('shows the version that was asked for, also before the versions are known', async () => {
  const model = new AssetModel(server().api, 'titanic', '1');
  await model.load();
  expect(model.shown?.version).toBe('1');
  model.select('2');
  expect(model.shown?.version).toBe('2');
  await model.load();
  expect(model.shown?.version).toBe('2');
  model.dispose();
});

function form(props: Partial<IRegisterFormProps>): HTMLElement {
  const none = {
    path: '',
    choose: () => Promise.resolve(undefined),
    register: () => Promise.resolve(),
    onCancel: vi.fn()
  };
  return render(
    <TransContext.Provider value={trans}>
      <RegisterForm {...none} {...props} />
    </TransContext.Provider>
  ).container;
}

it('registers what was chosen, and shows why that is refused', async () => {
  const register = vi.fn(() => Promise.reject(new Error('path: data/a.csv does not exist')));
  const node = form({ choose: () => Promise.resolve('data/my table.csv.gz'), register });
  const button = (text: string) => [...node.querySelectorAll('button')].find(each => each.textContent === text)!;
  await act(async () => {
    fireEvent.click(button('File…'));
    await Promise.resolve();
  });
  await act(async () => {
    fireEvent.submit(node.querySelector('form')!);
    await Promise.resolve();
  });
  expect(register).toHaveBeenCalledWith({
    name: 'my-table',
    path: 'data/my table.csv.gz',
    type: null,
    description: null
  });
  expect(node.textContent).toContain('path: data/a.csv does not exist');
  expect(button('Register').hasAttribute('disabled')).toBe(false);
});

it('suggests a name that is allowed', () => {
  expect(nameOf('azureml://datastores/lake/paths/a b/year=2026/')).toBe('year-2026');
  expect(nameOf('')).toBe('');
});
