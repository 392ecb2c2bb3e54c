// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { editIcon } from '@jupyterlab/ui-components';
import { useEffect, useRef, useState } from 'react';
import type { JSX, ReactNode } from 'react';

import { useTrans } from '../hooks';
import { TextEditor } from './TextEditor';
import type { ITextEditorProps } from './TextEditor';

/** Properties of EditableText. */
export interface IEditableTextProps extends Omit<ITextEditorProps, 'onClose' | 'leavable' | 'unfocused'> {
  /** Shown instead of an empty text. */
  placeholder?: string;
  /** How the text is shown; by default as it is. */
  children?: ReactNode;
}

/** A text with a button to edit it in place. */
export function EditableText(props: IEditableTextProps): JSX.Element {
  const { value, label, placeholder = '', children, unsaved } = props;
  const trans = useTrans();
  const [edited, setEdited] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const wasEdited = useRef(false);
  useEffect(() => {
    const { activeElement } = document; // the user may have continued elsewhere
    const isFree = !activeElement || activeElement === document.body;
    if (wasEdited.current && !edited && isFree) button.current?.focus();
    wasEdited.current = edited;
  }, [edited]);
  if (edited || unsaved) return <TextEditor {...props} unfocused={!edited} onClose={() => setEdited(false)} />;
  const edit = (): void => setEdited(true);
  return (
    <span className="jp-MLEditable">
      {value !== '' && (
        <span className="jp-MLEditable-text" onDoubleClick={edit}>
          {children ?? value}
        </span>
      )}
      <button
        ref={button}
        className="jp-MLEditable-edit"
        title={trans.__('Edit %1', label)}
        aria-label={trans.__('Edit %1', label)}
        onClick={edit}
      >
        {value === '' ? placeholder : <editIcon.react tag="span" width="14px" height="14px" />}
      </button>
    </span>
  );
}
