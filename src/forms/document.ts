// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { JSONExt } from '@lumino/coreutils';
import { ErrorSchemaBuilder, getDefaultFormState } from '@rjsf/utils';
import type { ErrorSchema, RJSFSchema } from '@rjsf/utils';

import { DEFAULTS, validator } from './validator';
import type {
  PartialJSONObject,
  PartialJSONValue,
  ReadonlyPartialJSONObject,
  ReadonlyPartialJSONValue
} from '@lumino/coreutils';

/** The key that rjsf gives an added property. */
const NEW_KEY = 'newKey';

/** The part of JSON Schema that forms use. */
export interface ISchema {
  type?: string | string[];
  title?: string;
  default?: ReadonlyPartialJSONValue;
  properties?: Record<string, ISchema>;
  additionalProperties?: boolean | ISchema;
  patternProperties?: Record<string, ISchema>;
  propertyNames?: ISchema;
  items?: ISchema;
  contentMediaType?: string;
  required?: string[];
  /** Whether a group with required fields may be left out: it is submitted only if it has more than its defaults. */
  optional?: boolean;
  [key: string]: unknown;
}

/**
 * Convert a schema to what rjsf can render: pattern properties become additional properties, null is no default, there
 * is no group without fields, and nothing is required in a group that may be left out.
 */
export function toRenderable(schema: ISchema): ISchema {
  const drawn: ISchema = { ...schema };
  if (schema.properties) {
    drawn.properties = Object.fromEntries(
      Object.entries(schema.properties).flatMap(([key, property]) =>
        isEmpty(property) ? [] : [[key, toRenderable(isOptional(schema, key) ? toOptional(property) : property)]]
      )
    );
  }
  // rjsf requires a type for an enumeration
  if (Array.isArray(schema.oneOf) && schema.type === undefined) drawn.type = 'string';
  const patterns = Object.entries(schema.patternProperties ?? {});
  if (patterns.length === 1 && !schema.additionalProperties) {
    const [[pattern, value]] = patterns;
    delete drawn.patternProperties;
    Object.assign(drawn, { additionalProperties: value, propertyNames: { pattern } });
  } else if (schema.additionalProperties) drawn.propertyNames = { minLength: 1, ...schema.propertyNames };
  if (schema.default !== undefined) {
    const cleaned = withoutNull(schema.default);
    if (cleaned === undefined) delete drawn.default;
    else drawn.default = cleaned;
  }
  return drawn;
}

/**
 * Replace the key that rjsf generates for an added property by an empty one. Its value is the default of its schema,
 * which the rjsf of JupyterLab ignores.
 */
export function clearNewKeys(
  schema: ISchema,
  value: ReadonlyPartialJSONObject,
  before: ReadonlyPartialJSONObject
): PartialJSONObject {
  const isNew = (key: string): boolean =>
    key === NEW_KEY && !(key in before) && Object.keys(value).length > Object.keys(before).length;
  const { properties = {}, additionalProperties } = schema;
  const added = typeof additionalProperties === 'object' ? additionalProperties : {};
  const entries = Object.entries(value).flatMap<[string, PartialJSONValue | undefined]>(([key, item]) => {
    if (isNew(key)) return [['', copy(added.default ?? item ?? '')]];
    const group = before[key];
    if (!isObject(item)) return [[key, item && copy(item)]];
    return [[key, clearNewKeys(properties[key] ?? added, item, isObject(group) ? group : {})]];
  });
  return Object.fromEntries(entries);
}

/** Convert a value to form data; values that the schema declares as JSON become text. */
export function toForm(schema: ISchema, value: ReadonlyPartialJSONValue): PartialJSONValue {
  if (schema.contentMediaType === 'application/json') {
    return typeof value === 'string' && parsed(value) === value ? value : JSON.stringify(value);
  }
  return mapped(schema, withoutNull(value) ?? null, toForm);
}

/** Convert form data to the value to submit, without fields that were left empty. */
export function fromForm(schema: ISchema, value: ReadonlyPartialJSONValue): PartialJSONValue {
  if (schema.contentMediaType === 'application/json' && typeof value === 'string') return parsed(value);
  if (!isObject(value)) return mapped(schema, value, fromForm);
  const given = Object.entries(value).filter(([key, item]) => {
    const field = schema.properties?.[key];
    return !field?.optional || difference(item, defaultsOf(field)) !== undefined;
  });
  return mapped(schema, Object.fromEntries(given), fromForm);
}

/** Return the defaults of a schema's fields, as form data. */
export function defaultsOf(schema: ISchema): PartialJSONObject {
  const options = { ...DEFAULTS, emptyObjectFields: 'skipEmptyDefaults' } as const;
  return getDefaultFormState(validator, schema as RJSFSchema, {}, undefined, false, options) as PartialJSONObject;
}

/**
 * Return what of `value` differs from `base`; undefined if nothing does. Empty objects are ignored, because rjsf adds
 * them.
 */
export function difference(
  value: ReadonlyPartialJSONValue | undefined,
  base: ReadonlyPartialJSONValue | undefined
): PartialJSONValue | undefined {
  if (value === undefined || (base !== undefined && JSONExt.deepEqual(value, base))) return undefined;
  if (!isObject(value)) return copy(value);
  const found = Object.entries(value).flatMap(([key, item]) => {
    const different = difference(item, isObject(base) ? base[key] : undefined);
    return different === undefined ? [] : [[key, different] as const];
  });
  return found.length ? Object.fromEntries(found) : undefined;
}

/** Return `value` overridden by `over`, except for fields that the schema no longer has. */
export function merge(
  schema: ISchema,
  value: ReadonlyPartialJSONObject,
  over: ReadonlyPartialJSONObject
): PartialJSONObject {
  const merged = copy(value) as PartialJSONObject;
  for (const [key, item] of Object.entries(over)) {
    const field = schema.properties?.[key] ?? schema.additionalProperties;
    if (item === undefined || !field) continue;
    const below = merged[key];
    merged[key] =
      isObject(item) && typeof field === 'object' ? merge(field, isObject(below) ? below : {}, item) : copy(item);
  }
  return merged;
}

/** Return an error at its field, e.g. `parameters.alpha` or `mounts.0.source`; null if the form does not have such a field. */
export function errorAt(schema: ISchema, field: string, message: string): ErrorSchema | null {
  const path = field.split('.');
  let at: ISchema | undefined = schema;
  const found: string[] = [];
  for (const key of path) {
    const more: ISchema | boolean | undefined = at.properties?.[key] ?? at.items ?? at.additionalProperties;
    if (!more || typeof more !== 'object') break;
    found.push(key);
    at = more;
  }
  if (!found.length) return null;
  const there = message.replace(`${field}: `, ''); // the position shows which field the message is about
  return new ErrorSchemaBuilder().addErrors(there, found).ErrorSchema;
}

type Mapper = (schema: ISchema, value: ReadonlyPartialJSONValue) => PartialJSONValue;

function mapped(schema: ISchema, value: ReadonlyPartialJSONValue, map: Mapper): PartialJSONValue {
  if (Array.isArray(value)) {
    return value.map(item => map(schema.items ?? {}, item as ReadonlyPartialJSONValue));
  }
  if (!isObject(value)) return copy(value);
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const field = schema.properties?.[key] ?? schema.additionalProperties;
    return item === undefined ? [] : [[key, map(typeof field === 'object' ? field : {}, item)] as const];
  });
  return Object.fromEntries(entries);
}

function isOptional({ properties, required }: ISchema, key: string): boolean {
  return Boolean(properties?.[key].required?.length) && !required?.includes(key);
}

function toOptional(group: ISchema): ISchema {
  return { ...group, required: [], optional: true };
}

function isEmpty({ properties, additionalProperties }: ISchema): boolean {
  return additionalProperties === false && properties !== undefined && !Object.keys(properties).length;
}

function withoutNull(value: ReadonlyPartialJSONValue): PartialJSONValue | undefined {
  if (value === null) return undefined;
  if (!isObject(value)) return copy(value);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const cleaned = item === undefined ? undefined : withoutNull(item);
      return cleaned === undefined ? [] : [[key, cleaned] as const];
    })
  );
}

/** Parse JSON; text that looks like a number in another notation, e.g. 1.10 or 1e5, stays text. */
function parsed(text: string): PartialJSONValue {
  try {
    const value = JSON.parse(text) as PartialJSONValue;
    if (typeof value !== 'number') return value;
    return [String(value), `${value}.0`, value.toExponential()].includes(text) ? value : text;
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is ReadonlyPartialJSONObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function copy(value: ReadonlyPartialJSONValue): PartialJSONValue {
  return JSONExt.deepCopy(value as PartialJSONValue);
}
