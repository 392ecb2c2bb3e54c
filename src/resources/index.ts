// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

export { resourceApi } from './api';
export { Commands, ICommands } from './commands';
export type { ICommand } from './commands';
export { IConnection } from './connection';
export { CLICKED, ContextTarget, keepFocus, namedOrClicked, openMenu, redirectContextMenu } from './context';
export type { IMenuEntry } from './context';
export { definePanels } from './definePanels';
export type { IPanelsOptions, IPanelsServices } from './definePanels';
export { Feed } from './feed';
export { IKinds, Kinds } from './kinds';
export type { IDeclaredResource, IKindView } from './kinds';
export { ResourceManager } from './manager';
export { LINK, Panels } from './panels';
export { definePlugin } from './plugin';
export type { IPluginOptions } from './plugin';
export { ResourceList } from './ResourceList';
export type { IResourceListProps } from './ResourceList';
export { Selection } from './selection';
export { StackedRows } from './stacked';
export type { IStackedPart } from './stacked';
export * from './tokens';
