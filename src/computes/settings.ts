// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import { JSONExt } from '@lumino/coreutils';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';

import type { ISchema } from '../forms/document';

type Value = ReadonlyPartialJSONValue | undefined;

/**
 * Return a setting as text with the titles of its schema; nothing if it is empty.
 *
 * Each field of a group has a line, and so has each group of a list: `Source: /data · Target: /d · Read only: yes`.
 */
export function settingText(value: Value, schema: ISchema, trans: TranslationBundle): string {
  return linesOf(value, schema, trans).join('\n');
}

function linesOf(value: Value, schema: ISchema, trans: TranslationBundle): string[] {
  if (value === undefined || value === null || value === '') return [];
  if (typeof value === 'boolean') return [value ? trans.__('yes') : trans.__('no')];
  if (JSONExt.isPrimitive(value)) {
    return [schema.format === 'secret-name' ? trans.__('secret %1', String(value)) : String(value)];
  }
  if (JSONExt.isArray(value)) {
    const items = value.map(item => linesOf(item, schema.items ?? {}, trans).join(' · '));
    return hasGroups(value) || !items.length ? items : [items.join(', ')];
  }
  return Object.entries(value).flatMap(([key, item]) => {
    const field = schema.properties?.[key] ?? {};
    const lines = linesOf(item, field, trans);
    return hasGroups(item) ? lines : lines.map(line => `${field.title ?? key}: ${line}`);
  });
}

/** Whether a value has fields of its own, or is a list of such values. */
function hasGroups(value: Value): boolean {
  if (value === undefined || JSONExt.isPrimitive(value)) return false;
  return JSONExt.isArray(value) ? value.some(hasGroups) : true;
}
