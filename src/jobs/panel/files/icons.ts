// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import {
  fileIcon,
  folderIcon,
  html5Icon,
  imageIcon,
  jsonIcon,
  markdownIcon,
  notebookIcon,
  pythonIcon,
  rKernelIcon,
  spreadsheetIcon,
  yamlIcon
} from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';

import type { JobFile } from '../../../api';
import { extensionOf, kindOf } from './preview/kinds';
import type { Kind } from './preview/kinds';

const BY_KIND: Partial<Record<Kind, LabIcon>> = {
  array: spreadsheetIcon,
  directory: folderIcon,
  html: html5Icon,
  image: imageIcon,
  json: jsonIcon,
  markdown: markdownIcon,
  notebook: notebookIcon,
  parquet: spreadsheetIcon,
  table: spreadsheetIcon
};
const BY_EXTENSION: Record<string, LabIcon> = { py: pythonIcon, r: rKernelIcon, yaml: yamlIcon, yml: yamlIcon };

/** Return JupyterLab's icon for a file. */
export function iconOf(file: JobFile): LabIcon {
  return BY_KIND[kindOf(file)] ?? BY_EXTENSION[extensionOf(file.path)] ?? fileIcon;
}
