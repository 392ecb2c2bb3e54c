// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Environment } from '../api';
import { visible } from '../components';
import { useTrans } from '../hooks';
import { NamedRow } from '../resources/NamedRow';
import { stateText } from './texts';

/** The name of an environment, its latest version, and whether that is installed. */
export function EnvironmentRow({ environment }: { environment: Environment }): JSX.Element {
  const trans = useTrans();
  const { name, version, labels, state, description, created_at } = environment;
  const facts = [trans.__('v%1', version), ...labels, stateText(state, trans)];
  const status = visible(facts.join(' · '));
  const failed = state === 'failed';
  return <NamedRow name={name} description={description} status={status} failed={failed} time={created_at} />;
}
