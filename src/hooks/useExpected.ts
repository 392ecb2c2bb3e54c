import { useEffect, useState } from 'react';

import type { Expected } from '../api';
import type { IJobManager } from '../managers';

/** What a job's former run took; null while that is not known, or nobody `wants` to know. */
export function useExpected(jobs: Pick<IJobManager, 'expected'>, name: string, wants: boolean): Expected | null {
  const [found, setFound] = useState<{ name: string; expected: Expected } | null>(null);
  useEffect(() => {
    if (!wants) return;
    let shown = true;
    // an estimate is beside the point where it cannot be had
    void jobs.expected(name).then(
      expected => shown && setFound({ name, expected }),
      () => undefined
    );
    return () => {
      shown = false;
    };
  }, [jobs, name, wants]);
  return wants && found?.name === name ? found.expected : null;
}
