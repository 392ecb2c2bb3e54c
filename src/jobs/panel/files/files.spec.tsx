// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import { CommandRegistry } from '@lumino/commands';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { JobFile } from '../../../api';
import { makeJob } from '../../../testing/jobs';
import { fakeServer, Refusal } from '../../../testing/server';
import { ToolsContext } from '../context';
import { FilesModel } from './model';
import { OutputsTab } from './OutputsTab';
import { jobFiles } from './source';

const EVIL = '<img src=x onerror="window.hacked=1">\n\u202e.txt';
const REPORT =
  '<script>window.hacked = 1</script><form action="https://example.org"><a target="_top" href="/">x</a></form>';

describe('OutputsTab', () => {
  let files: Record<string, string | object>;
  let problems: string[];
  let requests: string[];
  let model: FilesModel;

  const entry = (path: string, directory: boolean): JobFile => ({
    path,
    directory,
    uri: directory ? null : `runs:/1/${path}`,
    media_type: path.endsWith('.png') ? 'image/png' : 'application/octet-stream',
    size_bytes: directory ? null : 10,
    modified_at: null
  });
  const list = (directory: string): JobFile[] => {
    const prefix = directory && `${directory}/`;
    const inside = Object.keys(files).filter(path => path.startsWith(prefix));
    const names = [...new Set(inside.map(path => path.slice(prefix.length).split('/')[0]))];
    const all = names.map(name => entry(prefix + name, !(prefix + name in files)));
    return [...all.filter(each => each.directory), ...all.filter(each => !each.directory)];
  };

  beforeEach(() => {
    problems = [];
    files = { 'outputs/a.txt': 'text', 'plots/deep/table.json': {}, 'std_log.txt': 'log' };
    const server = fakeServer(({ path, query }) => {
      if (path.endsWith('/files')) {
        const found = list(query.get('path') ?? '');
        const start = Number(query.get('offset'));
        const end = start + Number(query.get('limit'));
        if (!found.length && query.get('path')) throw new Refusal(404, 'not_found', 'there is no such file');
        return { items: found.slice(start, end), truncated: found.length > end, outside: null, problems };
      }
      return files[path.replace('/jobs/a/files/', '')];
    });
    requests = server.requests;
    model = new FilesModel(jobFiles(server.api, 'a'));
  });

  const show = (state: 'Completed' | 'Running' = 'Completed'): void => {
    const rendermime = new RenderMimeRegistry({ initialFactories: standardRendererFactories });
    const tools = { rendermime, commands: new CommandRegistry(), languages: null, openSource: null, open: vi.fn() };
    render(
      <ToolsContext.Provider value={tools}>
        <OutputsTab model={model} job={makeJob('a', { state })} />
      </ToolsContext.Provider>
    );
  };
  const names = (): (string | null)[] =>
    screen.queryAllByRole('treeitem').map(row => row.querySelector('.jp-MLFile-path')?.textContent ?? row.textContent);
  const press = (key: string): void => void fireEvent.keyDown(screen.getByRole('tree'), { key });

  it('opens the first directory of the user, and loads others when they are opened', async () => {
    show();
    await waitFor(() => expect(names()).toEqual(['outputs', 'a.txt', 'plots', 'std_log.txt']));
    expect(model.selected?.path).toBe('outputs/a.txt');
    expect(requests.filter(each => each.includes('path=plots'))).toEqual([]);
    fireEvent.click(screen.getByRole('treeitem', { name: /plots/ }));
    await waitFor(() => expect(names()).toEqual(['outputs', 'a.txt', 'plots', 'deep', 'std_log.txt']));
    expect(screen.getByRole('treeitem', { name: /plots/ }).getAttribute('aria-expanded')).toBe('true');
  });

  it('is operated by the keyboard', async () => {
    show();
    await waitFor(() => expect(names()).toHaveLength(4));
    press('ArrowDown');
    expect(model.selected?.path).toBe('plots');
    press('ArrowRight');
    await waitFor(() => expect(names()).toHaveLength(5));
    press('ArrowRight');
    expect(model.selected?.path).toBe('plots/deep');
    press('ArrowLeft');
    expect(model.selected?.path).toBe('plots');
    press('ArrowLeft');
    await waitFor(() => expect(names()).toHaveLength(4));
    press('End');
    expect(model.selected?.path).toBe('std_log.txt');
    press('Home');
    expect(model.selected?.path).toBe('outputs');
    const active = screen.getByRole('tree').getAttribute('aria-activedescendant');
    expect(document.getElementById(active ?? '')?.textContent).toContain('outputs');
  });

  it('selects a new file of the job until the user selects one', async () => {
    files = { 'executor.log': '' };
    show('Running');
    await waitFor(() => expect(model.selected?.path).toBe('executor.log'));
    files = { 'executor.log': '', 'outputs/a.txt': 'text' };
    await act(() => model.refresh());
    expect(model.selected?.path).toBe('outputs/a.txt');
    act(() => model.select('executor.log'));
    files['outputs/0.txt'] = 'first';
    await act(() => model.refresh());
    expect(model.selected?.path).toBe('executor.log');
  });

  it('renders only the visible rows of many files', async () => {
    files = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`outputs/${index}.txt`, '']));
    show();
    await waitFor(() => expect(names().length).toBeGreaterThan(5));
    expect(names().length).toBeLessThan(60);
    expect(model.tree.rows).toHaveLength(1 + 1_000 + 1);
    act(() => model.loadMore('outputs'));
    await waitFor(() => expect(model.tree.rows).toHaveLength(1 + 2_000 + 1));
  });

  it('shows the selected file again on the next key, after others came above it', async () => {
    files = Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [`outputs/${index}.txt`, '']));
    files['std_log.txt'] = '';
    show();
    await waitFor(() => expect(names().length).toBeGreaterThan(5));
    const scrollTo = vi.fn();
    Object.assign(screen.getByRole('tree'), { scrollTo });
    press('End');
    await waitFor(() => expect(scrollTo).toHaveBeenCalled());
    act(() => model.loadMore('outputs'));
    await waitFor(() => expect(model.tree.rows).toHaveLength(1 + 1_500 + 1));
    expect(model.selected?.path).toBe('std_log.txt');
    scrollTo.mockClear();
    press('End');
    expect(scrollTo).toHaveBeenCalled();
  });

  it('shows what could not be read, beside the files that could', async () => {
    problems = ['the artifact store s3://bucket has not answered for 20 s'];
    show();
    expect((await screen.findByRole('alert')).textContent).toContain('s3://bucket');
    expect(names()).toContain('std_log.txt');
    problems = [];
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });

  it('keeps what is shown when the job is deleted meanwhile', async () => {
    show();
    await waitFor(() => expect(names()).toHaveLength(4));
    fireEvent.click(screen.getByRole('treeitem', { name: /plots/ }));
    await waitFor(() => expect(names()).toHaveLength(5));
    files = { 'std_log.txt': 'log' };
    await act(() => model.refresh());
    expect(names()).toEqual(['std_log.txt']);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('escapes names, and offers path, URI and downloads', async () => {
    files = { [EVIL]: 'text' };
    show();
    await waitFor(() => expect(names()).toEqual(['<img src=x onerror="window.hacked=1">\\n\\u202e.txt']));
    expect(document.querySelector('.jp-MLFiles img')).toBeNull();
    const hrefs = screen.getAllByRole<HTMLAnchorElement>('link').map(({ href }) => href);
    expect(hrefs).toEqual([
      'http://localhost/jupyter-ml/v1/jobs/a/files.zip',
      `http://localhost/jupyter-ml/v1/jobs/a/files/${encodeURIComponent(EVIL)}`
    ]);
    expect(screen.getByRole('button', { name: 'Copy URI' })).toBeTruthy();
  });

  it('shows HTML without scripts, forms and navigation until it is trusted', async () => {
    files = { 'outputs/report.html': REPORT };
    show();
    const frame = (): HTMLIFrameElement => document.querySelector('iframe')!;
    await waitFor(() => expect(frame()).not.toBeNull());
    expect(frame().getAttribute('sandbox')).toBe('');
    expect(frame().srcdoc).toContain("default-src 'none'");
    fireEvent.click(screen.getByRole('button', { name: 'Trust and Run' }));
    expect(frame().getAttribute('sandbox')).toBe('allow-scripts');
  });

  it('shows tables that were logged, and other JSON as such', async () => {
    files = { 'outputs/a.json': { columns: ['q', 'n'], data: [['why', 1]] }, 'outputs/b.json': { answer: [42] } };
    show();
    expect(await screen.findByRole('columnheader', { name: 'q' })).toBeTruthy();
    act(() => model.select('outputs/b.json'));
    await waitFor(() => expect(document.querySelector('.jp-MLPreview')?.textContent).toContain('42'));
  });

  it('renders notebooks and Markdown without scripts', async () => {
    const output = { output_type: 'display_data', data: { 'text/html': `${EVIL}<b>bold</b>` }, metadata: {} };
    const cells = [
      { cell_type: 'markdown', source: ['# Title'], metadata: {} },
      { cell_type: 'code', source: 'a = 1', execution_count: 3, outputs: [output], metadata: {} }
    ];
    files = { 'outputs/a.ipynb': { cells, metadata: {} }, 'outputs/b.ipynb': { cells: 5 } };
    show();
    await waitFor(() => expect(document.querySelector('.jp-OutputArea b')?.textContent).toBe('bold'));
    expect(document.querySelector('.jp-MLCell.jp-mod-code')?.textContent).toContain('[3]:');
    expect((window as { hacked?: number }).hacked).toBeUndefined();
    act(() => model.select('outputs/b.ipynb'));
    await waitFor(() => expect(document.querySelector('.jp-MLPreview')?.textContent).toContain('cells'));
  });

  it('shows images of a directory by step', async () => {
    URL.createObjectURL = () => 'blob:image';
    URL.revokeObjectURL = () => undefined;
    const image = (step: number): string => `images/dogs+step+${step}+timestamp+1+5494-0562.png`;
    files = { [image(1)]: '1', [image(5)]: '5' };
    show();
    await waitFor(() => expect(names()).toHaveLength(3));
    act(() => model.select('images'));
    const slider = await screen.findByRole('slider', { name: 'Step of dogs' });
    expect(await screen.findByRole('img', { name: 'dogs, Step 5' })).toBeTruthy();
    fireEvent.change(slider, { target: { value: '0' } });
    expect(await screen.findByRole('img', { name: 'dogs, Step 1' })).toBeTruthy();
  });

  it('does not fetch files that have no preview', async () => {
    files = { 'outputs/model.pkl': '' };
    show();
    expect(await screen.findByText(/No preview is available/)).toBeTruthy();
    expect(requests.some(each => each.includes('model.pkl'))).toBe(false);
  });
});
