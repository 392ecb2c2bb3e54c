// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Model } from '../api';
import { visible } from '../components';
import { useTrans } from '../hooks';
import { NamedRow } from '../resources/NamedRow';

/** The name of a model, its latest version, and the aliases or the stage of that. */
export function ModelRow({ model }: { model: Model }): JSX.Element {
  const trans = useTrans();
  const { name, version, labels, stage, description, created_at } = model;
  const facts = [trans.__('v%1', version), ...labels, ...(stage ? [stage] : [])];
  return <NamedRow name={name} description={description} status={visible(facts.join(' · '))} time={created_at} />;
}
