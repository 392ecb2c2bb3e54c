// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { MetricSeries } from '../../../api';
import { fakeServer } from '../../../testing/server';
import { FakeStream } from '../../../testing/stream';
import { JobManager } from '../../manager';
import { MetricsTab } from './MetricsTab';
import type { IMetricsTabProps } from './MetricsTab';
import { MetricsModel } from './model';

const series = (key: string, ...values: number[]): MetricSeries => ({
  key,
  total: values.length,
  points: values.map((value, step) => [step, 0, value])
});

const METRICS: Record<string, MetricSeries[]> = {
  first: [series('loss', 3, 2), series('accuracy', 0.5)],
  second: [series('loss', 2, 1)],
  third: [series('accuracy', 0.75)]
};

describe('MetricsTab', () => {
  // a chart without a width is not drawn: jsdom has no canvas
  beforeEach(() => void vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(0));
  afterEach(() => void vi.restoreAllMocks());

  const show = async (names: string[], props: Omit<IMetricsTabProps, 'model'>): Promise<string> => {
    const { api } = fakeServer(({ path }) => ({ series: METRICS[path.split('/')[2]] ?? [] }));
    const model = new MetricsModel(new JobManager(api, new FakeStream().feed), names);
    await model.load();
    return render(<MetricsTab model={model} {...props} />).container.textContent;
  };

  it('has a legend of the jobs that have lines', async () => {
    await show(['first', 'third', 'second'], { only: ['loss'] });
    expect(screen.getAllByTitle('Show or hide').map(({ textContent }) => textContent)).toEqual(['first', 'second']);
    // the colors are those of all jobs, and do not change with what is shown
    const strokes = [...document.querySelectorAll<SVGPathElement>('.jp-MLLegend path')].map(
      ({ style }) => style.stroke
    );
    expect(new Set(strokes).size).toBe(2);
  });

  it('shows the last value of a metric without steps, unless others are asked for', async () => {
    expect(await show(['first'], {})).toContain('accuracy0.5');
    expect(await show(['first'], { only: ['loss'] })).not.toContain('accuracy');
  });

  it('reports that there are no metrics only where it is asked to', async () => {
    expect(await show(['none'], { empty: 'nothing here' })).toBe('nothing here');
    expect(await show(['third'], { only: ['loss'], empty: 'nothing here' })).toBe('nothing here');
    expect(await show(['none'], {})).toBe('');
  });
});
