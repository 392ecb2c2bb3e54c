// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { OutputArea, OutputAreaModel } from '@jupyterlab/outputarea';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { PartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import { useLayoutEffect, useRef } from 'react';
import type { JSX } from 'react';

import { textOf } from '../run/outputs';
import type { IOutputEntry } from '../run/outputs';
import { useTools } from '../context';

const MAX_CHARS = 40_000;
const MAX_LINES = 200;
const MAX_OUTPUTS = 50;

/** Return whether an output exceeds the limits. */
export function isLong({ output }: IOutputEntry): boolean {
  const text = textOf(output.text);
  if (text.length > MAX_CHARS) return true;
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0 && lines <= MAX_LINES; at = text.indexOf('\n', at + 1)) lines++;
  return lines > MAX_LINES;
}

/** Return whether a script renders the output. */
export function needsScript({ output }: IOutputEntry, rendermime: IRenderMimeRegistry): boolean {
  const data = (output.data ?? {}) as PartialJSONObject;
  const shown = rendermime.preferredMimeType(data);
  if (shown === 'text/html') return /<script\b/i.test(textOf(data[shown]));
  return shown === 'text/plain' && 'application/javascript' in data;
}

interface IShown {
  area: OutputArea;
  model: OutputAreaModel;
  entries: readonly IOutputEntry[];
}

/** Outputs in JupyterLab's output area, as untrusted; only changes are rendered again. */
export function OutputView({ entries, whole }: { entries: readonly IOutputEntry[]; whole: boolean }): JSX.Element {
  const { rendermime } = useTools();
  const node = useRef<HTMLDivElement>(null);
  const shown = useRef<IShown | null>(null);

  // a widget must be detached before React removes its node
  useLayoutEffect(() => {
    if (!node.current) return;
    const model = new OutputAreaModel({ trusted: false });
    const area = new OutputArea({
      model,
      rendermime,
      contentFactory: OutputArea.defaultContentFactory,
      maxNumberOutputs: whole ? Infinity : MAX_OUTPUTS
    });
    Widget.attach(area, node.current);
    shown.current = { area, model, entries: [] };
    return () => {
      shown.current = null;
      area.dispose();
      model.dispose();
    };
  }, [rendermime, whole]);

  useLayoutEffect(() => {
    if (shown.current) show(shown.current, entries, whole);
  }, [rendermime, entries, whole]);

  return <div ref={node} className="jp-MLCell-outputs" />;
}

function show(shown: IShown, entries: readonly IOutputEntry[], whole: boolean): void {
  const { model } = shown;
  // the model merges consecutive streams as `addOutput` does, so that positions are equal
  if (entries.length < shown.entries.length) {
    model.clear();
    shown.entries = [];
  }
  entries.forEach((entry, index) => {
    if (index >= shown.entries.length) model.add(cut(entry, whole));
    else if (entry !== shown.entries[index]) model.set(index, cut(entry, whole));
  });
  shown.entries = entries;
}

/** Return the start and end of a long output. */
function cut(entry: IOutputEntry, whole: boolean): IOutputEntry['output'] {
  if (whole || !isLong(entry)) return entry.output;
  const text = textOf(entry.output.text);
  const head = text
    .slice(0, MAX_CHARS / 2)
    .split('\n')
    .slice(0, MAX_LINES / 2);
  const tail = text
    .slice(-MAX_CHARS / 2)
    .split('\n')
    .slice(-MAX_LINES / 2);
  return { ...entry.output, text: [...head, '', '⋮', '', ...tail].join('\n') };
}
