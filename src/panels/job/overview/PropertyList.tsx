// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX, ReactNode } from 'react';

/** A titled list of names and what they stand for; nothing where there is nothing. */
export function Facts(props: { title: string; facts: readonly (readonly [string, ReactNode])[] }): JSX.Element | null {
  const facts = props.facts.filter(
    ([, value]) => value !== null && value !== undefined && value !== '' && value !== false
  );
  if (!facts.length) return null;
  return (
    <section className="jp-MLFacts">
      <h3 className="jp-MLFacts-title">{props.title}</h3>
      <dl>
        {facts.map(([key, value]) => (
          <div key={key} className="jp-MLFacts-row">
            <dt className="jp-MLFacts-key" title={key}>
              {key}
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
