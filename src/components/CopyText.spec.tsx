// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { fireEvent, render, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';

import { CopyButton, CopyText } from './CopyText';

it('copies without the clipboard API, which browsers offer on HTTPS only, and confirms it', () => {
  expect(navigator.clipboard).toBeUndefined();
  const copied: string[] = [];
  document.execCommand = vi.fn(() => {
    const event = new Event('copy', { bubbles: true });
    Object.assign(event, { clipboardData: { setData: (_: string, text: string) => copied.push(text) } });
    return document.body.dispatchEvent(event);
  });
  render(
    <>
      <CopyText text="run-1" />
      <CopyButton text="a/b.csv" label="Copy Path" title="Copy the path" />
    </>
  );
  fireEvent.click(screen.getByRole('button', { name: 'Copy run-1' }));
  expect(screen.getAllByText('Copied')).toHaveLength(1);
  fireEvent.click(screen.getByRole('button', { name: 'Copy Path' }));
  expect(screen.getAllByText('Copied')).toHaveLength(2);
  expect(copied).toEqual(['run-1', 'a/b.csv']);
});
