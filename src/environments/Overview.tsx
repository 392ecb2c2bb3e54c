// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Environment } from '../api';
import { CopyText, EditableText, formatBytes, formatCount, visible } from '../components';
import { useTrans } from '../hooks';
import { PropertyList } from '../jobs/panel/overview/PropertyList';
import type { IEnvironmentViewProps } from './EnvironmentView';
import { reference } from './creation';
import { stateText } from './texts';

const MAX_DESCRIPTION = 5_000;
const MAX_USERS = 20;

/** What defines a version, its installation, and the jobs that have used it. */
export function Overview(props: IEnvironmentViewProps & { shown: Environment }): JSX.Element {
  const { model, shown, onOpenJob } = props;
  const trans = useTrans();
  const { build, users } = model;
  const { definition, source } = shown;
  return (
    <div className="jp-MLAsset-scroll" tabIndex={0}>
      <PropertyList
        title={trans.__('Version')}
        properties={[
          [
            trans.__('Description'),
            <EditableText
              value={shown.description ?? ''}
              revision={shown.revision}
              label={trans.__('Description')}
              placeholder={trans.__('Add a description')}
              maxLength={MAX_DESCRIPTION}
              multiline
              optional
              onSave={(text, base) => model.update({ description: text || null }, base)}
            />
          ],
          [trans.__('Reference'), <CopyText text={`azureml:${reference(shown)}`} />],
          [trans.__('Created by'), visible(shown.created_by)],
          [trans.__('Job'), source?.job && <JobButton name={source.job} title={source.job} onOpen={onOpenJob} />],
          [trans.__('Left out'), shown.properties.left_out && visible(shown.properties.left_out)]
        ]}
      />
      <PropertyList
        title={trans.__('Definition')}
        properties={[
          [trans.__('Python'), definition?.python],
          [trans.__('From'), sourceText()],
          [trans.__('Requirements'), definition && formatCount(definition.requirements.length)],
          [trans.__('Package index'), definition && visible(definition.options.join(' '))],
          [trans.__('Uploaded before'), definition?.exclude_newer],
          [trans.__('Variables'), visible(Object.keys(shown.variables).join(', '))],
          [trans.__('Docker image'), shown.image && visible(shown.image)]
        ]}
      />
      <PropertyList
        title={trans.__('Installation')}
        properties={[
          [trans.__('State'), stateText(build?.state ?? shown.state, trans)],
          [trans.__('Python'), build?.python],
          [trans.__('Size'), build?.bytes !== null && build?.bytes !== undefined && formatBytes(build.bytes)],
          [trans.__('Built in'), build?.build_s && trans.__('%1 s', build.build_s.toFixed(1))],
          [trans.__('Directory'), build?.path && <CopyText text={build.path} />]
        ]}
      />
      <PropertyList
        title={trans.__('Used by')}
        properties={[
          ...users
            .slice(-MAX_USERS)
            .reverse()
            .map(
              ({ name, title, state }) =>
                [state ?? '', <JobButton key={name} name={name} title={title} onOpen={onOpenJob} />] as const
            ),
          ['…', users.length > MAX_USERS && trans.__('%1 more', users.length - MAX_USERS)]
        ]}
      />
    </div>
  );

  function sourceText(): string | null {
    if (shown.conda_file) return trans.__('conda file');
    if (shown.requirements) return trans.__('requirements');
    return shown.script ?? shown.pyproject;
  }
}

function JobButton(props: { name: string; title: string; onOpen: (name: string) => void }): JSX.Element {
  return (
    <button className="jp-MLNotice-action" onClick={() => props.onOpen(props.name)}>
      {visible(props.title)}
    </button>
  );
}
