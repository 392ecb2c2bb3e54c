// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { Job } from '../api';

/** Return the parameters of a job: those that it was given, then those that its code has logged to MLflow. */
export const parametersOf = (job: Job): Job['parameters'] => ({
  ...job.parameters, // the first in order
  ...job.logged_parameters,
  ...job.parameters // and in precedence
});
