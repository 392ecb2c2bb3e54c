// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { stripVTControlCharacters } from 'node:util';

import type { Reporter, TestCase } from '@playwright/test/reporter';

const MAX_LINES = 8;

/** Prints a plain summary at the end: the errors of failed tests, and one line. */
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
    const failed = [...this.tests].filter(test => !test.ok());
    for (const test of failed) {
      for (const { duration, errors } of test.results) {
        console.log(`failed after ${Math.round(duration / 1000)} s: ${test.titlePath().slice(2).join(' › ')}`);
        for (const { message } of errors) console.log(shortened(message ?? 'unknown error'));
      }
    }
    console.log(`${passed} passed, ${failed.length} failed`);
  }
}

/** Return the first lines of a message, without the codes of colours. */
function shortened(message: string): string {
  const lines = stripVTControlCharacters(message).split('\n');
  return lines
    .filter(line => line.trim())
    .slice(0, MAX_LINES)
    .map(line => `  ${line.slice(0, 200)}`)
    .join('\n');
}
