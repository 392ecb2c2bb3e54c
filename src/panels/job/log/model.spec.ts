import { beforeEach, describe, expect, it } from 'vitest';

import type { SpoolEvent } from '../../../api';
import { LogModel } from './model';

const log = (text: string, name = 'stdout', time = 1): SpoolEvent => ({ type: 'log', time, name, text }) as SpoolEvent;

describe('LogModel', () => {
  let model: LogModel;
  const texts = (): string[] => model.lines.map(({ text }) => text);

  beforeEach(() => {
    model = new LogModel(event => (event.type === 'ended' ? 'over' : null));
  });

  it('makes lines of pieces, and goes on with a line that has no end', () => {
    model.append([log('on'), log('e\ntw', 'stdout', 2), log('o\n', 'stdout', 3)]);
    expect(texts()).toEqual(['one', 'two']);
    expect(model.lines.map(({ time }) => time)).toEqual([1, 2]);
  });

  it('does not mix streams', () => {
    model.append([log('out'), log('err\n', 'stderr'), log('put\n')]);
    expect(model.lines.map(({ kind, text }) => [kind, text])).toEqual([
      ['stdout', 'out'],
      ['stderr', 'err'],
      ['stdout', 'put']
    ]);
  });

  it('shows what a terminal would: no colours, progress bars in one line', () => {
    model.append([log('\u001b[31mred\u001b[0m\n'), log(' 1%'), log('\r 50%'), log('\r'), log('100%\n')]);
    expect(texts()).toEqual(['red', '100%']);
  });

  it('takes in what cells print, errors, and what the executor tells', () => {
    const output = { output_type: 'error', ename: 'E', evalue: '', traceback: ['a', '\u001b[1mb'] };
    model.append([
      { type: 'output', time: 1, cell: 3, output: { output_type: 'stream', name: 'stdout', text: ['x', '\n'] } },
      { type: 'output', time: 1, cell: 3, output },
      { type: 'ended', time: 2, state: 'Failed' }
    ] as SpoolEvent[]);
    expect(texts()).toEqual(['x', 'a', 'b', 'over']);
    expect(model.lines[0].cell).toBe(3);
    expect(model.lines[3].kind).toBe('note');
  });

  it('finds text in any case', () => {
    model.append([log('Epoch 1\nloss\nepoch 2\n')]);
    expect(model.find('EPOCH')).toEqual([0, 2]);
    expect(model.find('')).toEqual([]);
  });

  it('leaves out the beginning of a log without end, and says so', () => {
    model.append([log('x\n'.repeat(230_000))]);
    expect(model.lines).toHaveLength(200_000);
    expect(model.dropped).toBe(30_000);
    model.reset();
    expect([model.lines.length, model.dropped]).toEqual([0, 0]);
  });
});
