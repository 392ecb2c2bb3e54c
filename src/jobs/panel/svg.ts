// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { MimeModel, RenderedSVG } from '@jupyterlab/rendermime';
import type { IRenderMime, IRenderMimeRegistry } from '@jupyterlab/rendermime';

const TYPE = 'image/svg+xml';

/**
 * Return renderers that also render untrusted SVG.
 *
 * JupyterLab renders SVG as an image, in which scripts do not run and nothing is loaded, but only for trusted outputs.
 */
export function withUntrustedSVG(rendermime: IRenderMimeRegistry): IRenderMimeRegistry {
  const more = rendermime.clone();
  const rank = more.getFactory(TYPE)?.defaultRank;
  more.addFactory({ safe: true, mimeTypes: [TYPE], createRenderer: options => new UntrustedSVG(options) }, rank);
  return more;
}

class UntrustedSVG extends RenderedSVG {
  override render({ data, metadata }: IRenderMime.IMimeModel): Promise<void> {
    return super.render(new MimeModel({ data, metadata, trusted: true }));
  }
}
