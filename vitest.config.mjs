// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { defineConfig } from 'vitest/config';

/** Print a summary line that programs can parse. */
const sum = {
  onTestRunEnd(modules, errors) {
    const tests = modules.flatMap(module => [...module.children.allTests()]);
    const failed = tests.filter(test => test.result().state === 'failed').length;
    const broken = modules.filter(module => module.errors().length > 0).length + errors.length;
    const passed = tests.filter(test => test.result().state === 'passed').length;
    console.log(`${passed} passed, ${failed + broken} failed`);
  }
};

export default defineConfig({
  resolve: { mainFields: ['module', 'main'] },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.spec.{ts,tsx}'],
    isolate: false,
    reporters: ['default', sum],
    server: { deps: { inline: [/@jupyterlab|@jupyter|@lumino|@microsoft|@rjsf|exenv-es6/] } },
    setupFiles: ['src/testing/setup.ts'],
    testTimeout: 60_000 // a test of a form takes seconds on a busy machine
  }
});
