import { act, render, screen } from '@testing-library/react';
import type { JSX } from 'react';
import { expect, it } from 'vitest';

import type { IJobManager } from '../managers';
import { JobManager } from '../managers';
import { makeJob } from '../testing/jobs';
import { fakeServer, Refusal } from '../testing/server';
import { FakeStream } from '../testing/stream';
import { useJob } from './useJob';

function Show({ jobs, name }: { jobs: IJobManager; name: string }): JSX.Element {
  const { job, error } = useJob(jobs, name);
  return <p>{error?.message ?? job?.state ?? ''}</p>;
}

it('shows a job and its changes, and why it cannot be shown', async () => {
  const { api } = fakeServer(({ path }) => {
    if (path !== '/jobs/a') throw new Refusal(404, 'not_found', 'there is no such job');
    return makeJob('a');
  });
  const stream = new FakeStream();
  const jobs = new JobManager(api, stream.feed);
  const { rerender } = render(<Show jobs={jobs} name="a" />);
  await screen.findByText('Queued');
  act(() => stream.emit('job', { name: 'a', type: 'job_state_changed', state: 'Running', attempt: 1 }));
  expect(screen.getByText('Running')).toBeTruthy();
  rerender(<Show jobs={jobs} name="b" />);
  await screen.findByText('there is no such job');
});
