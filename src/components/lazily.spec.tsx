// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { render, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';

import { lazily } from './lazily';

it('loads a component when it is first rendered, with a placeholder until then', async () => {
  const load = vi.fn(() => Promise.resolve(({ name }: { name: string }) => <p>Hello {name}</p>));
  const Greeting = lazily(load, <p>wait</p>);
  expect(load).not.toHaveBeenCalled();
  const { rerender } = render(<Greeting name="otter" />);
  expect(screen.getByText('wait')).toBeTruthy();
  await screen.findByText('Hello otter');
  rerender(<Greeting name="heron" />);
  expect(screen.getByText('Hello heron')).toBeTruthy();
  expect(load).toHaveBeenCalledOnce();
});

it('shows why a component cannot be loaded', async () => {
  const error = Object.assign(new Error('Loading chunk 7 failed'), { name: 'ChunkLoadError' });
  const Missing = lazily(() => Promise.reject(error));
  render(<Missing />);
  expect((await screen.findByRole('alert')).textContent).toMatch(/^A part of this page could not be loaded/);
});
