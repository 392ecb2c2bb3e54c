// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Token } from '@lumino/coreutils';

type Tokens = Record<string, Token<unknown>>;

type ServiceOf<T> = T extends Token<infer S> ? S : never;

/** The services of a plugin, by name; optional ones may be null. */
type Services<R extends Tokens, O extends Tokens> = { trans: TranslationBundle } & {
  [K in keyof R]: ServiceOf<R[K]>;
} & { [K in keyof O]: ServiceOf<O[K]> | null };

/** Options of definePlugin. */
export interface IPluginOptions<T, R extends Tokens, O extends Tokens> {
  id: `jupyter-ml:${string}`;
  description: string;
  provides?: Token<T>;
  /** Tokens of services, by the name under which `activate` receives them. */
  requires?: R;
  optional?: O;
  activate: (app: JupyterFrontEnd, services: Services<R, O>) => T;
}

/** Define a plugin that receives its services by name, and the translation bundle of this extension. */
export function definePlugin<
  T = void,
  R extends Tokens = Record<never, never>,
  O extends Tokens = Record<never, never>
>(options: IPluginOptions<T, R, O>): JupyterFrontEndPlugin<T> {
  const { requires, optional, activate, ...plugin } = options;
  const [required, wanted] = [Object.entries(requires ?? {}), Object.entries(optional ?? {})];
  const names = [...required, ...wanted].map(([name]) => name);
  return {
    ...plugin,
    autoStart: true,
    requires: [ITranslator, ...required.map(([, token]) => token)],
    optional: wanted.map(([, token]) => token),
    activate: (app: JupyterFrontEnd, translator: ITranslator, ...services: unknown[]): T => {
      const named = Object.fromEntries(names.map((name, index) => [name, services[index]]));
      return activate(app, { trans: translator.load('jupyter_ml'), ...named } as Services<R, O>);
    }
  };
}
