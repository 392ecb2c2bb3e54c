// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useState } from 'react';
import type { JSX } from 'react';

import { ApiError } from '../api';
import { ErrorNotice, formatBytes } from '../components';
import { useTrans } from '../hooks';
import type { DataModel, Thumbnails } from './model';

const PICTURES = 24;

/** Small pictures of the images of a directory, a page at a time. */
export function Images({ model }: { model: DataModel }): JSX.Element {
  const trans = useTrans();
  const [offset, setOffset] = useState(0);
  const [shown, setShown] = useState<Thumbnails | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    let isCurrent = true;
    model.thumbnails(offset).then(
      found => isCurrent && setShown(found),
      (reason: unknown) => isCurrent && setError(ApiError.from(reason))
    );
    return () => {
      isCurrent = false;
    };
  }, [model, offset]);
  if (error) return <ErrorNotice error={error} />;
  const total = shown?.total ?? 0;
  const last = Math.min(total, offset + PICTURES);
  return (
    <>
      {total > PICTURES && (
        <div className="jp-MLDataView-pages">
          <button disabled={offset === 0} onClick={() => setOffset(offset - PICTURES)}>
            {trans.__('Previous')}
          </button>
          <span role="status">
            {trans.__('%1 to %2 of %3', (offset + 1).toLocaleString(), last.toLocaleString(), total.toLocaleString())}
          </span>
          <button disabled={last >= total} onClick={() => setOffset(offset + PICTURES)}>
            {trans.__('Next')}
          </button>
        </div>
      )}
      <div
        className="jp-MLDataView-scroll jp-MLDataView-images"
        role="list"
        tabIndex={0}
        aria-label={trans.__('Images')}
      >
        {shown?.items.map(({ name, source, error: reason, width, height, bytes }) => (
          <figure key={name} role="listitem" title={name}>
            {source ? <img src={source} alt={name} /> : <span>{reason}</span>}
            <figcaption>
              <span>{name}</span>
              <span>
                {width !== null && height !== null && `${width} × ${height} · `}
                {formatBytes(bytes)}
              </span>
            </figcaption>
          </figure>
        ))}
      </div>
    </>
  );
}
