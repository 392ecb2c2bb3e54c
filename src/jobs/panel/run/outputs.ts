// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IOutput } from '@jupyterlab/nbformat';

import { append } from '../terminal';

/** An output of a cell. */
export interface IOutputEntry {
  readonly output: IOutput;
  readonly displayId: string | null;
}

/** Return the text of an output, which may be a list of lines, as in nbformat. */
export function textOf(text: unknown): string {
  return Array.isArray(text) ? text.join('') : typeof text === 'string' ? text : '';
}

/** Add an output to a list; a stream continues the last output if that is the same stream. */
export function addOutput(outputs: IOutputEntry[], output: IOutput, displayId: string | null): void {
  const last = outputs.at(-1)?.output;
  if (output.output_type !== 'stream') outputs.push({ output, displayId });
  else if (last?.output_type === 'stream' && last.name === output.name) {
    const text = append(textOf(last.text), textOf(output.text));
    outputs[outputs.length - 1] = { output: { ...last, text }, displayId: null };
  } else outputs.push({ output: { ...output, text: append('', textOf(output.text)) }, displayId });
}
