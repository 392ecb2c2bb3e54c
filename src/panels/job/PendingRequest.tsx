// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Job } from '../../api';
import { CommandIDs } from '../../commands';
import { formatClock, Notice, visible } from '../../components';
import { useTrans } from '../../hooks';
import { useTools } from './tools';

/** A cancel or delete that is not done yet: why, when it is tried again, and a way to take it back. */
export function PendingRequest({ job }: { job: Job }): JSX.Element | null {
  const trans = useTrans();
  const { commands } = useTools();
  const { request } = job;
  // an ordinary cancel is told by the state
  if (!request || (request.kind === 'cancel' && request.error === null)) return null;
  const isDelete = request.kind === 'delete';
  const again = request.retry_at && formatClock(Date.parse(request.retry_at) / 1000);
  const error = visible(request.error ?? '').replace(/[^.!?]$/, '$&.');
  const words = [
    request.error === null
      ? trans.__('This job is being deleted.')
      : isDelete
        ? trans.__('This job cannot be deleted yet: %1', error)
        : trans.__('This job cannot be canceled yet: %1', error),
    again && trans.__('It is tried again at %1.', again)
  ];
  return (
    <Notice
      error={request.error !== null}
      action={isDelete ? trans.__('Do not delete it') : trans.__('Do not cancel it')}
      onAction={() => void commands.execute(CommandIDs.withdrawRequest, { name: job.name })}
    >
      {words.filter(Boolean).join(' ')}
    </Notice>
  );
}
