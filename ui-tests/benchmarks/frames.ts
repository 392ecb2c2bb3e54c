// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { CDPSession, Page } from '@playwright/test';

/** What a person sees of a number of inputs. */
export interface IFrames {
  /** Milliseconds between two frames. */
  median: number;
  p95: number;
  longest: number;
  /** CPU time of the page's main thread for each input, in milliseconds; other programs do not change it. */
  cpu: number;
  /** The same for each frame: a wheel scrolls in several ones. A frame has 16.7 ms. */
  cpuOfFrame: number;
}

interface IRecorderWindow {
  recorder?: number[];
}

/** Measures the frames of a page while inputs arrive. */
export class FrameRecorder {
  static async create(page: Page): Promise<FrameRecorder> {
    const context = page.context();
    const session = await context.newCDPSession(context.pages()[0]); // galata's page is a proxy of it
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new FrameRecorder(page, session);
  }

  private constructor(
    private readonly _page: Page,
    private readonly _session: CDPSession
  ) {}

  /** Send a number of inputs, and measure the frames from the first one until two frames after the last one. */
  async record(inputs: number, input: (index: number) => Promise<unknown>): Promise<IFrames> {
    const before = await this._cpu();
    await this._page.evaluate(() => {
      const recorder: number[] = ((window as IRecorderWindow).recorder = []);
      const onFrame = (time: number): void => {
        recorder.push(time);
        if ((window as IRecorderWindow).recorder === recorder) requestAnimationFrame(onFrame);
      };
      requestAnimationFrame(onFrame);
    });
    for (let index = 0; index < inputs; index++) await input(index);
    const times = await this._page.evaluate(async () => {
      for (let frame = 0; frame < 2; frame++) await new Promise(done => requestAnimationFrame(done));
      const recorded = (window as IRecorderWindow).recorder ?? [];
      delete (window as IRecorderWindow).recorder;
      return recorded;
    });
    const cpu = (await this._cpu()) - before;
    const gaps = times
      .slice(1)
      .map((time, index) => time - times[index])
      .sort((left, right) => left - right);
    const at = (share: number): number => gaps[Math.floor(share * (gaps.length - 1))];
    return { median: at(0.5), p95: at(0.95), longest: at(1), cpu: cpu / inputs, cpuOfFrame: cpu / times.length };
  }

  private async _cpu(): Promise<number> {
    const { metrics } = await this._session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000;
  }
}
