// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { BrowserContext } from '@playwright/test';

/** The longest delay of a response, in milliseconds. */
const DELAY = 500;

/** Slow the processor of each page down by a factor, and delay each response by a random time: events overtake them. */
export async function slowDown(context: BrowserContext, factor: number): Promise<void> {
  context.on('page', async page => {
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: factor });
  });
  await context.route(/\/jupyter-ml\/v1\//, async route => {
    const response = await route.fetch().catch(() => undefined);
    await new Promise(done => setTimeout(done, Math.random() * DELAY));
    await (response ? route.fulfill({ response }) : route.abort('connectionrefused')).catch(() => undefined); // the page may be closed
  });
}
