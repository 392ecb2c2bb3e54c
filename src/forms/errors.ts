// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { RJSFValidationError } from '@rjsf/utils';

/** What is asked for, in the place of what the validator says of its schema. */
export function inWords(errors: readonly RJSFValidationError[], trans: TranslationBundle): RJSFValidationError[] {
  return errors.flatMap(error => {
    const message = wordsFor(error, trans);
    return message === null ? [] : { ...error, message };
  });
}

/** Null for what another error says better. */
function wordsFor(error: RJSFValidationError, trans: TranslationBundle): string | null {
  const { limit, type, propertyName } = (error.params ?? {}) as Partial<{
    limit: number;
    type: string;
    propertyName: string;
  }>;
  if (error.schemaPath?.includes('/propertyNames/')) {
    return error.name === 'pattern'
      ? trans.__('A name is made of letters, digits and _, and does not begin with a digit.')
      : null;
  }
  switch (error.name) {
    case 'required':
      return trans.__('This is needed.');
    case 'type':
      return typeInWords(type, trans);
    case 'minLength':
      return limit === 1 ? trans.__('This is needed.') : trans.__('At least %1 characters, please.', limit);
    case 'maxLength':
      return trans.__('At most %1 characters, please.', limit);
    case 'minimum':
      return trans.__('A number of at least %1, please.', limit);
    case 'maximum':
      return trans.__('A number of at most %1, please.', limit);
    case 'exclusiveMinimum':
      return trans.__('A number above %1, please.', limit);
    case 'exclusiveMaximum':
      return trans.__('A number below %1, please.', limit);
    case 'enum':
    case 'oneOf':
    case 'anyOf':
      return trans.__('Choose one of those that are offered.');
    case 'const':
      return null;
    case 'propertyNames':
      return propertyName
        ? trans.__('“%1” cannot be a name here.', propertyName)
        : trans.__('Each of them needs a name.');
    default:
      return error.message ?? trans.__('This is not what is asked for.');
  }
}

function typeInWords(type: string | undefined, trans: TranslationBundle): string {
  switch (type) {
    case 'number':
      return trans.__('A number, please.');
    case 'integer':
      return trans.__('A whole number, please.');
    case 'boolean':
      return trans.__('Yes or no, please.');
    default:
      return trans.__('This is not what is asked for.');
  }
}
