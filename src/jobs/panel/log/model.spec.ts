// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { AttemptEvent, TextHit } from '../../../api';
import { RunState } from '../run/state';
import type { ShortenedAt } from '../run/state';
import { LogModel } from './model';

const log = (text: string, name = 'stdout', time = 1): AttemptEvent =>
  ({ type: 'log', time, name, text }) as AttemptEvent;

describe('LogModel', () => {
  let model: LogModel;
  const source = { getText: vi.fn(), search: vi.fn() };
  const append = (events: AttemptEvent[], shortenedAt?: ShortenedAt): void =>
    model.append(new RunState(event => (event.type === 'ended' ? 'over' : null)).apply(events, 0, shortenedAt));
  const texts = (): string[] => model.lines.map(({ text }) => text);

  beforeEach(() => {
    model = new LogModel(source);
  });

  it('splits text into lines, and continues unfinished lines', () => {
    append([log('on'), log('e\ntw', 'stdout', 2), log('o\n', 'stdout', 3)]);
    expect(texts()).toEqual(['one', 'two']);
    expect(model.lines.map(({ time }) => time)).toEqual([1, 2]);
  });

  it('separates streams', () => {
    append([log('out'), log('err\n', 'stderr'), log('put\n')]);
    expect(model.lines.map(({ kind, text }) => [kind, text])).toEqual([
      ['stdout', 'out'],
      ['stderr', 'err'],
      ['stdout', 'put']
    ]);
  });

  it('shows text as a terminal would: no colours, progress bars in one line', () => {
    append([log('\u001b[31mred\u001b[0m\n'), log(' 1%'), log('\r 50%'), log('\r'), log('100%\n')]);
    expect(texts()).toEqual(['red', '100%']);
  });

  it('contains output of cells, errors, and events of the executor', () => {
    const output = { output_type: 'error', ename: 'E', evalue: '', traceback: ['a', '\u001b[1mb'] };
    append([
      { type: 'output', time: 1, cell: 3, output: { output_type: 'stream', name: 'stdout', text: ['x', '\n'] } },
      { type: 'output', time: 1, cell: 3, output },
      { type: 'ended', time: 2, state: 'Failed' }
    ] as AttemptEvent[]);
    expect(texts()).toEqual(['x', 'a', 'b', 'over']);
    expect(model.lines[0].cell).toBe(3);
    expect(model.lines[3].kind).toBe('note');
  });

  it('ignores case when searching', () => {
    append([log('Epoch 1\nloss\nepoch 2\n')]);
    expect(model.find('EPOCH')).toEqual([{ row: 0 }, { row: 2 }]);
    expect(model.find('')).toEqual([]);
  });

  it('drops the start of a very long log, and counts it', () => {
    append([log('x\n'.repeat(230_000))]);
    expect(model.lines).toHaveLength(200_000);
    expect(model.dropped).toBe(30_000);
    expect(model.count).toBe(230_000);
    model.reset();
    expect([model.lines.length, model.dropped]).toEqual([0, 0]);
  });

  describe('with gaps', () => {
    // ten lines on the server, of which three are sent with the event
    const whole = Array.from({ length: 10 }, (_, number) => `line ${number}\n`);
    const event = log(whole.slice(0, 3).join(''));
    const mark = { index: 0, offset: 100, size_bytes: 500, position: 121, lines: 7, unfinished: false };

    beforeEach(() => {
      source.getText.mockImplementation((position: number, limit: number) => {
        const from = (position - 100) / 7;
        const until = Math.min(from + Math.min(2, Math.floor(limit / 7)), 10);
        const text = whole.slice(from, until).join('');
        return Promise.resolve({ text, position: until < 10 ? 100 + until * 7 : null });
      });
      source.search.mockResolvedValue({ items: [{ offset: 100, position: 156, line: 8 }], total: 1 });
      append([event, log('end\n')], index => (index ? undefined : mark));
    });

    it('counts lines in gaps, and fetches them by piece', async () => {
      expect(model.count).toBe(11);
      expect(texts()).toEqual(['line 0', 'line 1', 'line 2', '', 'end']);
      await model.open(model.lines[3].gap!);
      expect(texts()).toEqual(['line 0', 'line 1', 'line 2', 'line 3', 'line 4', '', 'end']);
      expect(model.lines[5].gap).toMatchObject({ position: 135, line: 5, lines: 5 });
      for (let row = model.lines.findIndex(({ gap }) => gap); row >= 0; row = model.lines.findIndex(({ gap }) => gap)) {
        expect(model.count).toBe(11);
        await model.open(model.lines[row].gap!);
      }
      expect(texts()).toEqual([...whole.map(line => line.trim()), 'end']);
    });

    it('finds text in gaps, and fetches that part', async () => {
      expect(model.find('line 8')).toEqual([]);
      await model.search('LINE 8');
      const [found, ...more] = model.find('Line 8');
      expect([found.row, more]).toEqual([3, []]);
      await model.open(model.lines[3].gap!, found.hit);
      expect(texts()).toEqual(['line 0', 'line 1', 'line 2', '', 'line 8', 'line 9', 'end']);
      expect(model.count).toBe(11);
      expect(model.find('line 8')).toEqual([{ row: 4 }]);
      expect(model.lines[3].gap).toMatchObject({ position: 121, end: 156, lines: 5 });
      await model.open(model.lines[3].gap!);
      await model.open(model.lines[5].gap!);
      await model.open(model.lines[7].gap!);
      expect(texts()).toEqual([...whole.map(line => line.trim()), 'end']);
    });

    it('continues the last line of a gap', async () => {
      model.reset();
      source.getText.mockResolvedValue({ text: 'two\nthr', position: null });
      const cut = { ...mark, position: 104, lines: 2, unfinished: true };
      append([log('one\n'), log('\u001b[0m'), log('ee'), log('!\nfour\n')], index => (index ? undefined : cut));
      expect(texts()).toEqual(['one', '', 'ee!', 'four']);
      expect(model.count).toBe(4);
      await model.open(model.lines[1].gap!);
      expect(texts()).toEqual(['one', 'two', 'three!', 'four']);
      expect(model.count).toBe(4);
    });

    it('continues such a line after it was fetched unfinished', async () => {
      model.reset();
      source.getText.mockResolvedValue({ text: 'tw', position: null });
      append([log('one\n')], () => ({ ...mark, position: 104, lines: 1, unfinished: true }));
      await model.open(model.lines[1].gap!);
      append([log('o\nthree')]);
      expect(texts()).toEqual(['one', 'two', 'three']);
      expect(model.count).toBe(3);
    });

    it('does not count the end of a line in a gap', () => {
      model.reset();
      append([log('one\n'), log('\nfour\n')], index => (index ? undefined : { ...mark, unfinished: true }));
      expect(texts()).toEqual(['one', '', 'four']);
      expect(model.count).toBe(9);
    });

    it('continues a line of which only the start was sent', async () => {
      model.reset();
      source.getText.mockResolvedValue({ text: 'the end\nnext\n', position: null });
      append([log('begins ')], () => ({ ...mark, position: 107, lines: 1 }));
      expect(model.count).toBe(2);
      await model.open(model.lines[1].gap!);
      expect(texts()).toEqual(['begins the end', 'next']);
    });

    it('ignores the results of a search that a later one or another attempt has overtaken', async () => {
      const waiting: ((found: { items: TextHit[]; total: number }) => void)[] = [];
      source.search.mockImplementation(() => new Promise(done => waiting.push(done)));
      const searches = [model.search('line'), model.search('line 8')];
      waiting[1]({ items: [{ offset: 100, position: 149, line: 8 }], total: 1 });
      await searches[1];
      waiting[0]({ items: [], total: 0 });
      await searches[0];
      expect([model.hasSearched('line 8'), model.hasSearched('line')]).toEqual([true, false]);
      const other = model.search('line 9');
      model.reset();
      append([log('one\n')], () => mark);
      waiting[2]({ items: [], total: 0 });
      await other;
      expect(model.hasSearched('line 9')).toBe(false);
    });
  });
});
