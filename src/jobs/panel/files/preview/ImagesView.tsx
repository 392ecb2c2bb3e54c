// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useState } from 'react';
import type { JSX } from 'react';

import type { JobFile } from '../../../../api';
import { formatCount, visible } from '../../../../components';
import { useTrans } from '../../../../hooks';
import type { FilesModel } from '../model';
import type { ILoggedImages } from './loggedImages';

/** Images that were logged at steps: one at a time for each key, chosen by a slider. */
export function ImagesView({ groups, model }: { groups: ILoggedImages; model: FilesModel }): JSX.Element {
  return (
    <div className="jp-MLPreview jp-MLImages" tabIndex={0}>
      {groups.map(group => (
        <Steps key={group.key} group={group} model={model} />
      ))}
    </div>
  );
}

function Steps({ group, model }: { group: ILoggedImages[number]; model: FilesModel }): JSX.Element {
  const trans = useTrans();
  const { key, images } = group;
  const [chosen, setChosen] = useState(images.length - 1);
  const index = Math.min(chosen, images.length - 1);
  const { step, file } = images[index];
  const label = trans.__('Step %1', formatCount(step));
  return (
    <figure className="jp-MLImages-group">
      <figcaption>
        <span className="jp-MLImages-key">{visible(key)}</span>
        {images.length > 1 && (
          <input
            type="range"
            min={0}
            max={images.length - 1}
            value={index}
            aria-label={trans.__('Step of %1', visible(key))}
            aria-valuetext={label}
            onChange={event => setChosen(Number(event.target.value))}
          />
        )}
        <span className="jp-MLFile-size">{label}</span>
      </figcaption>
      <Picture file={file} model={model} alt={`${visible(key)}, ${label}`} />
    </figure>
  );
}

function Picture({ file, model, alt }: { file: JobFile; model: FilesModel; alt: string }): JSX.Element {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let created: string | null = null;
    let shown = true;
    void model.source
      .read(file.path)
      .then(content => {
        if (shown) setUrl((created = URL.createObjectURL(content.slice(0, content.size, file.media_type))));
      })
      .catch(() => shown && setUrl(null));
    return () => {
      shown = false;
      if (created) URL.revokeObjectURL(created);
    };
  }, [model, file]);
  return url === null ? <div className="jp-MLImages-space" aria-busy /> : <img src={url} alt={alt} />;
}
