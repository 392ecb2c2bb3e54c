// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Data } from '../../api';
import { Age, visible } from '../../components';
import { useTrans } from '../../hooks';
import { sizeText } from './texts';

/** The name of a data asset, and its latest version. */
export function DataRow({ data }: { data: Data }): JSX.Element {
  const trans = useTrans();
  const { name, description, version, created_at } = data;
  return (
    <>
      <span className="jp-MLRow-name" title={visible(description ?? name, true)}>
        {visible(name)}
      </span>
      <span className="jp-MLRow-status" title={sizeText(data, trans)}>
        {trans.__('version %1', version)}
      </span>
      <Age time={created_at} />
    </>
  );
}
