// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import { describe, expect, it } from 'vitest';

import { withUntrustedSVG } from './svg';

const EVIL = '<svg onload="window.stolen = 1"><script>window.stolen = 2</script><circle r="4"/></svg>';

describe('withUntrustedSVG', () => {
  const plain = new RenderMimeRegistry({ initialFactories: standardRendererFactories });
  const data = { 'image/svg+xml': EVIL, 'text/plain': '<Figure>' };

  it('prefers an untrusted SVG to its text', () => {
    expect(plain.preferredMimeType(data)).toBe('text/plain');
    expect(withUntrustedSVG(plain).preferredMimeType(data)).toBe('image/svg+xml');
    expect(plain.preferredMimeType(data)).toBe('text/plain');
  });

  it('renders it as an image, so that scripts do not run', async () => {
    const rendermime = withUntrustedSVG(plain);
    const renderer = rendermime.createRenderer('image/svg+xml');
    await renderer.renderModel(rendermime.createModel({ data, trusted: false }));
    expect([...renderer.node.children].map(({ tagName }) => tagName)).toEqual(['IMG']);
    expect(renderer.node.querySelector('img')?.src).toMatch(/^data:image\/svg\+xml,/);
    expect('stolen' in window).toBe(false);
    renderer.dispose();
  });
});
