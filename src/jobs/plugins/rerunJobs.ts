// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Job } from '../../api';
import { contentsPath } from '../../workspace';
import type { IWorkspaceManager } from '../../workspace';
import type { IJobManager } from '../tokens';
import { save } from './saveDialog';

interface IServices {
  jobs: IJobManager;
  workspace: IWorkspaceManager;
  documents: IDocumentManager;
}

/** Run jobs again until the user cancels, and return the submitted ones. */
export async function rerunJobs(
  names: readonly string[],
  snapshot: boolean,
  { jobs, workspace, documents }: IServices,
  trans: TranslationBundle
): Promise<Job[]> {
  const submitted: Job[] = [];
  for (const name of names) {
    const { spec } = jobs.peek(name) ?? (await jobs.get(name));
    const path = spec?.type === 'notebook' ? contentsPath(workspace.workspace, spec.notebook) : null;
    if (!snapshot && path !== null && !(await save(path, documents, trans))) break;
    submitted.push(await jobs.rerun(name, snapshot));
  }
  return submitted;
}
