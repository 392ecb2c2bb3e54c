import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';

import { ApiError } from '../api';
import type { Job } from '../api';
import type { IJobManager } from '../managers';

/** A job, from what is known at once, kept up to date while it is shown; and why it could not be fetched. */
export function useJob(jobs: IJobManager, name: string): { job: Job | undefined; error: ApiError | null } {
  const [error, setError] = useState<ApiError | null>(null);
  const subscribe = useCallback(
    (notify: () => void) => {
      const onChanged = (_: IJobManager, job: Job): void => {
        if (job.name === name) notify();
      };
      jobs.changed.connect(onChanged);
      return () => void jobs.changed.disconnect(onChanged);
    },
    [jobs, name]
  );
  useEffect(() => {
    const watch = jobs.watch(name);
    let shown = true;
    jobs.get(name).then(
      () => shown && setError(null),
      reason => shown && setError(ApiError.from(reason))
    );
    return () => {
      shown = false;
      watch.dispose();
    };
  }, [jobs, name]);
  return { job: useSyncExternalStore(subscribe, () => jobs.peek(name)), error };
}
