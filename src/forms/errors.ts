// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { RJSFValidationError } from '@rjsf/utils';

/** Replace the messages of the validator by translated ones. */
export function translateErrors(
  errors: readonly RJSFValidationError[],
  trans: TranslationBundle
): RJSFValidationError[] {
  return errors.flatMap(error => {
    const message = messageFor(error, trans);
    return message === null ? [] : { ...error, message };
  });
}

/** Return the message for an error; null if another error covers it. */
function messageFor(error: RJSFValidationError, trans: TranslationBundle): string | null {
  const { limit, type, propertyName } = (error.params ?? {}) as Partial<{
    limit: number;
    type: string;
    propertyName: string;
  }>;
  if (error.schemaPath?.includes('/propertyNames/')) {
    return error.name === 'pattern'
      ? trans.__('Must consist of letters, digits and _, and must not start with a digit.')
      : null;
  }
  switch (error.name) {
    case 'required':
      return trans.__('Required.');
    case 'type':
      return typeMessage(type, trans);
    case 'minLength':
      return limit === 1 ? trans.__('Required.') : trans.__('Must have at least %1 characters.', limit);
    case 'maxLength':
      return trans.__('Must have at most %1 characters.', limit);
    case 'minimum':
      return trans.__('Must be at least %1.', limit);
    case 'maximum':
      return trans.__('Must be at most %1.', limit);
    case 'exclusiveMinimum':
      return trans.__('Must be greater than %1.', limit);
    case 'exclusiveMaximum':
      return trans.__('Must be less than %1.', limit);
    case 'enum':
    case 'oneOf':
    case 'anyOf':
      return trans.__('Must be one of the choices.');
    case 'const':
      return null;
    case 'propertyNames':
      return propertyName ? trans.__('“%1” is not a valid name.', propertyName) : trans.__('Must have a name.');
    default:
      return error.message ?? trans.__('Invalid value.');
  }
}

function typeMessage(type: string | undefined, trans: TranslationBundle): string {
  switch (type) {
    case 'number':
      return trans.__('Must be a number.');
    case 'integer':
      return trans.__('Must be an integer.');
    case 'boolean':
      return trans.__('Must be true or false.');
    default:
      return trans.__('Invalid value.');
  }
}
