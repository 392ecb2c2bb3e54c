// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import commands from './commands';
import links from './links';
import manager from './manager';

export default [...manager, ...commands, ...links];
