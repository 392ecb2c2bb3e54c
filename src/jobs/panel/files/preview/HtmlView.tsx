// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useState } from 'react';
import type { JSX } from 'react';

import { useTrans } from '../../../../hooks';

/** Without scripts, an HTML file loads nothing from anywhere. */
const POLICY =
  "default-src 'none'; img-src data: blob:; media-src data: blob:; font-src data:; style-src 'unsafe-inline'";

/**
 * An HTML file in a frame of an origin of its own: it cannot reach JupyterLab, leave the frame or submit a form.
 * Scripts run only once the user trusts the file.
 */
export function HtmlView({ html, title }: { html: string; title: string }): JSX.Element {
  const trans = useTrans();
  const [trusted, setTrusted] = useState(false);
  const document = trusted ? html : `<meta http-equiv="Content-Security-Policy" content="${POLICY}">${html}`;
  return (
    <div className="jp-MLHtml">
      {!trusted && (
        <div className="jp-MLHtml-bar">
          <span>{trans.__('Scripts of this file do not run, and it loads nothing from the network.')}</span>
          <button className="jp-MLNotice-action" onClick={() => setTrusted(true)}>
            {trans.__('Trust and Run')}
          </button>
        </div>
      )}
      <iframe
        key={String(trusted)}
        className="jp-MLHtml-frame"
        title={title}
        sandbox={trusted ? 'allow-scripts' : ''}
        referrerPolicy="no-referrer"
        srcDoc={document}
      />
    </div>
  );
}
