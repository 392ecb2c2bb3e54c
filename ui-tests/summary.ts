// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { Reporter, TestCase } from '@playwright/test/reporter';

/** Prints a plain summary line at the end. */
export default class Summary implements Reporter {
  private readonly tests = new Set<TestCase>();

  printsToStdio(): boolean {
    return false;
  }

  onTestEnd(test: TestCase): void {
    this.tests.add(test);
  }

  onEnd(): void {
    const passed = [...this.tests].filter(test => test.ok() && test.outcome() !== 'skipped').length;
    const failed = [...this.tests].filter(test => !test.ok()).length;
    console.log(`${passed} passed, ${failed} failed`);
  }
}
