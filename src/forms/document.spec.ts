// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it } from 'vitest';

import { clearNewKeys, defaultsOf, difference, errorAt, fromForm, merge, toForm, toRenderable } from './document';
import type { ISchema } from './document';

const schema: ISchema = {
  type: 'object',
  properties: {
    parameters: {
      type: 'object',
      properties: {
        alpha: { type: 'number', default: 0.1 },
        grid: { type: 'string', contentMediaType: 'application/json', default: '[1, 2]' }
      },
      additionalProperties: false
    },
    tags: { type: 'object', additionalProperties: { type: 'string' }, default: {} },
    limits: {
      type: 'object',
      properties: { timeout: { type: 'number' } },
      default: { timeout: null, cell_timeout: null }
    },
    environment_variables: { type: 'object', patternProperties: { '^[A-Z]+$': { type: 'string' } } }
  }
};

describe('toRenderable', () => {
  it('converts pattern properties, and removes null from defaults', () => {
    const drawn = toRenderable(schema).properties;
    expect(drawn?.environment_variables).toEqual({
      type: 'object',
      additionalProperties: { type: 'string' },
      propertyNames: { pattern: '^[A-Z]+$' }
    });
    expect(drawn?.limits.default).toEqual({});
    expect(schema.properties?.limits.default).toEqual({ timeout: null, cell_timeout: null });
  });

  it('omits a group without fields', () => {
    const empty = { type: 'object', properties: {}, additionalProperties: false };
    const open = { type: 'object', properties: {}, additionalProperties: { type: 'string' } };
    expect(Object.keys(toRenderable({ properties: { empty, open } }).properties ?? {})).toEqual(['open']);
  });

  it('requires nothing in a group that may be left out, and does not submit its defaults', () => {
    const build: ISchema = {
      type: 'object',
      properties: { path: { type: 'string' }, file: { type: 'string', default: 'Dockerfile' } },
      required: ['path']
    };
    const drawn = toRenderable({ properties: { build, other: build }, required: ['other'] });
    expect(drawn.properties?.build.required).toEqual([]);
    expect(drawn.properties?.other.required).toEqual(['path']);
    const [unchanged, changed] = [{ file: 'Dockerfile' }, { path: 'a', file: 'Dockerfile' }];
    expect(fromForm(drawn, { build: unchanged, other: unchanged })).toEqual({ other: unchanged });
    expect(fromForm(drawn, { build: changed })).toEqual({ build: changed });
    expect(fromForm(drawn, { build: { path: undefined, file: 'Other' } })).toEqual({ build: { file: 'Other' } });
  });

  it('returns the defaults without empty groups', () => {
    expect(defaultsOf(toRenderable(schema))).toEqual({
      parameters: { alpha: 0.1, grid: '[1, 2]' }
    });
  });
});

describe('JSON text', () => {
  const json: ISchema = { type: 'string', contentMediaType: 'application/json' };
  it.each([
    [{ a: [1] }, '{"a":[1]}'],
    [null, 'null'],
    ['plain', 'plain'],
    ['5', '"5"']
  ])('shows %j and submits it unchanged', (value, text) => {
    expect(toForm(json, value)).toBe(text);
    expect(fromForm(json, text)).toEqual(value);
  });

  it.each(['1.10', '1e5', '12345678901234567890', '01234', '+5'])(
    '%s stays text: its number would lose something',
    text => {
      expect(fromForm(json, text)).toBe(text);
    }
  );

  it.each(['5', '0.5', '1.0', '1e-3', '-3'])('%s is parsed as a number', text => {
    expect(fromForm(json, text)).toBe(Number(text));
  });

  it('is converted at any level; other values are unchanged', () => {
    const form = { parameters: { alpha: 0.5, grid: '[3]' }, tags: { team: '5' } };
    expect(fromForm(schema, form)).toEqual({ parameters: { alpha: 0.5, grid: [3] }, tags: { team: '5' } });
  });

  it('does not contain fields that were left empty', () => {
    expect(fromForm(schema, { parameters: { alpha: undefined } })).toEqual({ parameters: {} });
  });
});

describe('last values', () => {
  const base = { parameters: { alpha: 0.1, grid: '[1, 2]' }, tags: {} };

  it('contain what was changed', () => {
    expect(difference({ ...base, parameters: { alpha: 0.5, grid: '[1, 2]' } }, base)).toEqual({
      parameters: { alpha: 0.5 }
    });
    expect(difference(base, base)).toBeUndefined();
    expect(difference({ ...base, secrets: {}, limits: { timeout: undefined } }, base)).toBeUndefined();
  });

  it('override the defaults of fields that still exist', () => {
    const over = { parameters: { alpha: 0.5, gone: 1 }, tags: { team: 'a' }, removed: true };
    expect(merge(schema, base, over)).toEqual({ parameters: { alpha: 0.5, grid: '[1, 2]' }, tags: { team: 'a' } });
    expect(base.parameters.alpha).toBe(0.1);
  });
});

describe('errors', () => {
  it('are shown at their field', () => {
    expect(errorAt(schema, 'parameters.alpha', 'too small')).toEqual({
      parameters: { alpha: { __errors: ['too small'] } }
    });
    expect(errorAt(schema, 'tags.team', 'too long')).toEqual({ tags: { team: { __errors: ['too long'] } } });
  });

  it('are shown at the group of an unknown field', () => {
    expect(errorAt(schema, 'parameters.beta', 'unknown')).toEqual({ parameters: { __errors: ['unknown'] } });
  });

  it('are null for an unknown group', () => {
    expect(errorAt(schema, 'notebook', 'is not there')).toBeNull();
  });
});

describe('clearNewKeys', () => {
  it('removes the key of an added property', () => {
    expect(clearNewKeys(schema, { tags: { newKey: '' } }, { tags: {} })).toEqual({ tags: { '': '' } });
  });

  it('gives an added property its default, which a selection shows at first', () => {
    const outputs: ISchema = { type: 'object', additionalProperties: { type: 'string', default: 'uri_folder' } };
    const added = clearNewKeys({ properties: { outputs } }, { outputs: { newKey: '' } }, { outputs: {} });
    expect(added).toEqual({ outputs: { '': 'uri_folder' } });
  });

  it('keeps keys that the user has set', () => {
    expect(clearNewKeys(schema, { tags: { newKey: 'x' } }, { tags: { '': 'x' } })).toEqual({ tags: { newKey: 'x' } });
  });
});
