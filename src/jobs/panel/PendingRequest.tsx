// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Job } from '../../api';
import { formatClock, Notice, visible } from '../../components';
import { useTrans } from '../../hooks';
import { JobCommands } from '../commands';
import { useTools } from './context';

/** A pending cancel or delete request: why it is pending, when it is retried, and a button to withdraw it. */
export function PendingRequest({ job }: { job: Job }): JSX.Element | null {
  const trans = useTrans();
  const { commands } = useTools();
  const { request } = job;
  // the state shows an ordinary cancel request
  if (!request || (request.kind === 'cancel' && request.error === null)) return null;
  const isDelete = request.kind === 'delete';
  const again = request.retry_at && formatClock(Date.parse(request.retry_at) / 1000);
  const error = visible(request.error ?? '').replace(/[^.!?]$/, '$&.');
  const parts = [
    request.error === null
      ? trans.__('This job is being deleted.')
      : isDelete
        ? trans.__('This job cannot be deleted yet: %1', error)
        : trans.__('This job cannot be canceled yet: %1', error),
    again && trans.__('The next attempt is at %1.', again)
  ];
  return (
    <Notice
      error={request.error !== null}
      action={isDelete ? trans.__('Withdraw delete request') : trans.__('Withdraw cancel request')}
      onAction={() => void commands.execute(JobCommands.withdraw, { name: job.name })}
    >
      {parts.filter(Boolean).join(' ')}
    </Notice>
  );
}
