// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

export { Age } from './Age';
export { copy } from './copying';
export { CopyButton, CopyText } from './CopyText';
export { UnsavedTexts } from './unsaved';
export type { IUnsavedText } from './unsaved';
export { EditableText } from './EditableText';
export { ErrorNotice, errorText } from './ErrorNotice';
export * from './format';
export { mlIcon } from './icons';
export { lazily } from './lazily';
export { LinkButton } from './LinkButton';
export { Notice } from './Notice';
export { openOver } from './openOver';
export { Tags } from './Tags';
export { TextEditor } from './TextEditor';
export type { ITextEditorProps } from './TextEditor';
export { visible } from './visible';
export { WarningIcon } from './WarningIcon';
export { withErrorDialog } from './withErrorDialog';
