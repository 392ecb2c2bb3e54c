// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { addIcon, closeIcon } from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { ArrayFieldTemplateProps, FieldTemplateProps, ObjectFieldTemplateProps } from '@rjsf/utils';
import { ADDITIONAL_PROPERTY_FLAG, canExpand } from '@rjsf/utils';
import { useState } from 'react';
import type { FocusEvent, JSX, MouseEvent } from 'react';

import { useTrans } from '../hooks';
import { Changed } from './Changed';

/** A label tied to its input, followed by help and errors. */
export function FieldTemplate(props: FieldTemplateProps): JSX.Element {
  const { id, label, schema, children, rawErrors = [], required, hidden, rawDescription } = props;
  const { changed } = props.formContext as { changed?: ReadonlySet<string> };
  if (hidden) return <div hidden>{children}</div>;
  const whole = schema.type === 'object' || (schema.type === 'array' && !schema.enum);
  const errors = rawErrors.length > 0 && (
    <div className="jp-MLField-errors" id={`${id}__error`} role="alert">
      {[...new Set(rawErrors)].map(error => (
        <p key={error}>{error}</p>
      ))}
    </div>
  );
  if (whole) {
    return (
      <div className="jp-MLField-group">
        {children}
        {errors}
      </div>
    );
  }
  return (
    <div className={`jp-MLField${errors ? ' jp-mod-error' : ''}`}>
      {ADDITIONAL_PROPERTY_FLAG in schema ? (
        <Key {...props} />
      ) : (
        <label className="jp-MLField-label" htmlFor={id}>
          {label}
          {required && <span aria-hidden> *</span>}
          {changed?.has(id) && <Changed />}
        </label>
      )}
      <div className="jp-MLField-value">
        {children}
        {rawDescription && (
          <div className="jp-MLField-help" id={`${id}__description`}>
            {rawDescription}
          </div>
        )}
        {errors}
      </div>
    </div>
  );
}

/** The name of an added property, and a button to remove the property. */
function Key({ id, label, onKeyChange, onDropPropertyClick }: FieldTemplateProps): JSX.Element {
  const trans = useTrans();
  const rename = ({ target, relatedTarget }: FocusEvent<HTMLInputElement>): void => {
    if (!target.value) target.value = label; // rjsf ignores an empty name
    onKeyChange(target.value);
    if (relatedTarget?.id !== id) return;
    // renaming renders the row again: restore the focus to its value
    const renamed = id.slice(0, id.length - label.length) + target.value;
    requestAnimationFrame(() => document.getElementById(renamed)?.focus());
  };
  return (
    <div className="jp-MLField-key">
      <label className="jp-MLField-label jp-mod-unseen" htmlFor={id}>
        {trans.__('Value of %1', label)}
      </label>
      <Remove label={trans.__('Remove %1', label)} onClick={onDropPropertyClick(label)} />
      <input
        id={keyId(id)}
        type="text"
        aria-label={trans.__('Name')}
        placeholder={trans.__('Name')}
        defaultValue={label}
        autoFocus={label === ''}
        onBlur={rename}
      />
    </div>
  );
}

/** Return the ID of the name of an added property. */
const keyId = (id: string): string => `${id}-key`;

/** A group of fields; at the top level, advanced fields are collapsed. */
export function ObjectFieldTemplate(props: ObjectFieldTemplateProps): JSX.Element {
  const { title, description, properties, schema, uiSchema, idSchema, onAddClick } = props;
  const trans = useTrans();
  const add = (): void => {
    // only one property can be without a name
    const unnamed = document.getElementById(keyId(`${idSchema.$id}_`));
    if (unnamed) unnamed.focus();
    else onAddClick(schema)();
  };
  const advanced = (uiSchema?.advanced ?? null) as readonly string[] | null;
  if (advanced) return <Folded {...props} advanced={advanced} />;
  return (
    <fieldset className="jp-MLFieldset" id={idSchema.$id} tabIndex={-1}>
      {title && (
        <legend className="jp-MLFieldset-title">
          {title}
          {canExpand(schema, uiSchema, props.formData) && <Add label={trans.__('Add to %1', title)} onClick={add} />}
        </legend>
      )}
      {description && <div className="jp-MLField-help">{description}</div>}
      {properties.map(property => property.content)}
    </fieldset>
  );
}

function Folded(props: ObjectFieldTemplateProps & { advanced: readonly string[] }): JSX.Element {
  const { properties, advanced, errorSchema, idSchema } = props;
  const trans = useTrans();
  const [open, setOpen] = useState(false);
  const [few, many] = [true, false].map(rare => properties.filter(({ name }) => advanced.includes(name) === rare));
  const wrong = few.some(({ name }) => errorSchema && name in errorSchema);
  return (
    <div id={idSchema.$id}>
      {many.map(property => property.content)}
      <details className="jp-MLForm-more" open={open || wrong} onToggle={event => setOpen(event.currentTarget.open)}>
        <summary>{trans.__('More')}</summary>
        {few.map(property => property.content)}
      </details>
    </div>
  );
}

/** A list of values. */
export function ArrayFieldTemplate({
  title,
  items,
  canAdd,
  onAddClick,
  idSchema
}: ArrayFieldTemplateProps): JSX.Element {
  const trans = useTrans();
  return (
    <div className="jp-MLField" id={idSchema.$id} role="group" aria-labelledby={`${idSchema.$id}__title`} tabIndex={-1}>
      <span className="jp-MLField-label" id={`${idSchema.$id}__title`}>
        {title}
      </span>
      <div className="jp-MLField-value">
        {items.map(({ key, index, children, hasRemove, onDropIndexClick }) => (
          <div key={key} className="jp-MLField-item">
            {children}
            {hasRemove && (
              <Remove label={trans.__('Remove item %1 of %2', index + 1, title)} onClick={onDropIndexClick(index)} />
            )}
          </div>
        ))}
        {canAdd && <Add label={trans.__('Add to %1', title)} onClick={onAddClick} />}
      </div>
    </div>
  );
}

interface IButtonProps {
  label: string;
  onClick: (event?: MouseEvent) => void;
}

function Add(props: IButtonProps): JSX.Element {
  return <IconButton {...props} title={useTrans().__('Add')} icon={addIcon} />;
}

function Remove(props: IButtonProps): JSX.Element {
  return <IconButton {...props} title={useTrans().__('Remove')} icon={closeIcon} />;
}

function IconButton({ label, title, icon, onClick }: IButtonProps & { title: string; icon: LabIcon }): JSX.Element {
  return (
    <button type="button" className="jp-MLField-button" title={title} aria-label={label} onClick={onClick}>
      <icon.react tag="span" />
    </button>
  );
}
