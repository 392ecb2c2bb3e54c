// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useRef } from 'react';
import type { JSX, KeyboardEvent } from 'react';

import { Age, formatCount, visible } from '../components';
import { useTrans } from '../hooks';
import type { RegisteredModel } from './model';

/** The versions of a model, of which one is selected; arrow keys move. */
export function Versions({ model }: { model: RegisteredModel }): JSX.Element {
  const trans = useTrans();
  const list = useRef<HTMLUListElement>(null);
  const { versions, selected, total } = model;
  const index = versions.findIndex(({ version }) => version === selected?.version);
  const onKeyDown = (event: KeyboardEvent): void => {
    const targets: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: versions.length - 1
    };
    const target = versions.at(Math.max(0, targets[event.key] ?? -1));
    if (!(event.key in targets) || !target || targets[event.key] >= versions.length) return;
    event.preventDefault();
    void model.select(target.version);
    list.current?.children[versions.indexOf(target)]?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <div className="jp-MLModel-side">
      <ul
        ref={list}
        className="jp-MLModel-versions"
        role="listbox"
        aria-label={trans.__('Versions')}
        aria-activedescendant={selected ? `jp-MLModel-${selected.uri}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        {versions.map(each => (
          <li
            key={each.version}
            id={`jp-MLModel-${each.uri}`}
            role="option"
            aria-selected={each === selected}
            className={`jp-MLModel-row${each === selected ? ' jp-mod-selected' : ''}${each.archived ? ' jp-mod-archived' : ''}`}
            onClick={() => void model.select(each.version)}
          >
            <span className="jp-MLModel-number">{each.version}</span>
            <span className="jp-MLModel-facts">
              {each.labels.map(label => (
                <span key={label} className="jp-MLTag">
                  {visible(label)}
                </span>
              ))}
              {each.stage && <span className="jp-MLModel-staged">{visible(each.stage)}</span>}
              {each.latest && !each.stage && !each.labels.length && trans.__('latest')}
            </span>
            <Age time={each.created_at} />
          </li>
        ))}
      </ul>
      {total > versions.length && (
        <p className="jp-MLModel-more">
          {trans.__('The newest %1 of %2 versions', formatCount(versions.length), formatCount(total))}
        </p>
      )}
    </div>
  );
}
