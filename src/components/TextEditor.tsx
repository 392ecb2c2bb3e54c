// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useRef, useState } from 'react';
import type { FocusEvent, JSX, KeyboardEvent } from 'react';

import { ApiError } from '../api';
import { useTrans } from '../hooks';
import type { IUnsavedText } from './unsaved';
import { errorText } from './ErrorNotice';

/** Properties of TextEditor. */
export interface ITextEditorProps {
  value: string;
  /** The revision of the resource; a change of another one is a conflict. */
  revision?: number;
  /** The name of the field. */
  label: string;
  /** Save a text; `revision` is the one that was current when the user started to edit. */
  onSave: (text: string, revision?: number) => Promise<unknown>;
  /** Called when the text is saved or restored. */
  onClose: () => void;
  /** What was typed before and not saved. */
  unsaved?: IUnsavedText;
  /** Called with each text that is typed, and with null when it is saved or restored. */
  onUnsaved?: (unsaved: IUnsavedText | null) => void;
  /** Whether the editor opens without the focus. */
  unfocused?: boolean;
  /** Whether the text may have several lines. */
  multiline?: boolean;
  /** Whether an empty text may be saved. */
  optional?: boolean;
  maxLength?: number;
  /** Whether the text is saved when the focus leaves the editor, as in the file browser. */
  leavable?: boolean;
}

/** Edits a text: Enter saves it (Ctrl+Enter if it has several lines), and Escape restores it. */
export function TextEditor(props: ITextEditorProps): JSX.Element {
  const { value, label, multiline, optional, maxLength, leavable, unsaved, onSave, onUnsaved, unfocused } = props;
  const trans = useTrans();
  const [text, setText] = useState(unsaved?.text ?? value);
  const [base] = useState(unsaved ? unsaved.revision : props.revision);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!unfocused) input.current?.select();
  }, [unfocused]);

  const onClose = (): void => {
    onUnsaved?.(null);
    props.onClose();
  };
  const save = async (revision = base): Promise<void> => {
    const wanted = text.trim();
    if (busy || (!wanted && !optional)) return;
    if (wanted === value) return onClose();
    setBusy(true);
    try {
      await onSave(wanted, revision);
      onClose();
    } catch (reason) {
      setError(ApiError.from(reason));
      setBusy(false);
    }
  };
  const replace = error?.status === 409 && base !== props.revision;
  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent): void => {
    if (!leavable || busy || currentTarget.contains(relatedTarget)) return;
    if (text.trim() === value || (!text.trim() && !optional)) onClose();
    else if (!error) void save();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter' && (!multiline || event.ctrlKey || event.metaKey)) void save();
    else return;
    event.preventDefault();
  };
  const field = {
    ref: input,
    className: 'jp-MLEditable-input',
    value: text,
    maxLength,
    disabled: busy,
    'aria-label': label,
    onChange: (event: { target: { value: string } }) => {
      setText(event.target.value);
      onUnsaved?.({ text: event.target.value, revision: base });
    },
    onKeyDown
  };
  return (
    <span className="jp-MLEditable jp-mod-edited" onBlur={onBlur}>
      {multiline ? <textarea {...field} rows={Math.max(3, text.split('\n').length)} /> : <input {...field} />}
      <button className="jp-MLNotice-action" disabled={busy || (!optional && !text.trim())} onClick={() => void save()}>
        {trans.__('Save')}
      </button>
      <button className="jp-MLNotice-action" onClick={onClose}>
        {trans.__('Cancel')}
      </button>
      {error && (
        <span className="jp-MLEditable-error" role="alert">
          {replace ? (
            <>
              {trans.__('It was changed in the meantime to “%1”.', value)}{' '}
              <button className="jp-MLNotice-action" disabled={busy} onClick={() => void save(props.revision)}>
                {trans.__('Save my text instead')}
              </button>
            </>
          ) : (
            errorText(error, trans)
          )}
        </span>
      )}
    </span>
  );
}
