// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import commands from './commands';
import links from './links';
import manager from './manager';
import tabs from './tabs';

export default [...manager, ...commands, ...links, ...tabs];
