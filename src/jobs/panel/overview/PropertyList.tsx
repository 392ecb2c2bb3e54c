// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX, ReactNode } from 'react';

/** A titled list of properties; nothing if all are empty. */
export function PropertyList(props: {
  title: string;
  properties: readonly (readonly [string, ReactNode])[];
}): JSX.Element | null {
  const properties = props.properties.filter(
    ([, value]) => value !== null && value !== undefined && value !== '' && value !== false
  );
  if (!properties.length) return null;
  return (
    <section className="jp-MLProperties">
      {props.title && <h3 className="jp-MLProperties-title">{props.title}</h3>}
      <dl>
        {properties.map(([key, value]) => (
          <div key={key} className="jp-MLProperties-row">
            <dt className="jp-MLProperties-key" title={key}>
              {key}
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
