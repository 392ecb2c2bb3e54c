// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ApiClient, Job, QueryOf } from '../../api';
import { keyOf } from './columns';
import { Runs } from './runs';
import type { Value } from './runs';

type Columns = Readonly<Record<string, readonly Value[]>>;

/** Columns of a request: the server accepts 100, and a URL 64 kB. */
const PER_REQUEST = 50;
/** Characters of a text that the server returns. */
const LONGEST = 250;

/** The columns of the runs of an experiment, each of which is fetched once. */
export class RunTable {
  constructor(
    private readonly _api: ApiClient,
    private readonly _name: string
  ) {}

  /** Null until they are loaded. */
  get runs(): Runs | null {
    return this._runs;
  }

  /** Whether columns are loaded, of the runs as they are now. */
  has(columns: readonly string[]): boolean {
    return this._missing(columns).length === 0;
  }

  /** Fetch the runs again with the next columns. */
  invalidate(): void {
    this._isCurrent = false;
  }

  /**
   * Fetch the columns that are not loaded, of the runs that match a filter; all of them after `invalidate`.
   *
   * @returns Whether they were stored: a later request replaces an earlier one.
   */
  async fetch(columns: readonly string[], filter: string): Promise<boolean> {
    const generation = ++this._generation;
    const known = this._isCurrent ? this._runs : null;
    const missing = this._missing(columns);
    if (known && !missing.length) return true;
    const parts = [missing.slice(0, PER_REQUEST)];
    while (parts.length * PER_REQUEST < missing.length) {
      parts.push(missing.slice(parts.length * PER_REQUEST, (parts.length + 1) * PER_REQUEST));
    }
    const query: QueryOf<'getRuns'> = filter ? { filter } : {};
    const found = await Promise.all(
      parts.map(part =>
        this._api.get('/experiments/{name}/runs', {
          params: { path: { name: this._name }, query: { ...query, columns: part } }
        })
      )
    );
    if (generation !== this._generation) return false;
    const [first] = known ? [known.columns] : found.map(part => part.columns);
    const aligned = found.map(part => alignedWith(first.name, part.columns));
    this._runs = new Runs(Object.assign({}, known?.columns, ...aligned) as Columns, known?.total ?? found[0].total);
    this._isCurrent = true;
    return true;
  }

  /** Apply what is known of a job; return whether that has changed anything. */
  patch(job: Job): boolean {
    const index = this._runs?.indexOf(job.name);
    if (!this._runs || index === undefined) return false;
    const next = this._runs.with(index, valuesOf(job, Object.keys(this._runs.columns)));
    const isChanged = next !== this._runs;
    this._runs = next;
    return isChanged;
  }

  private _missing(columns: readonly string[]): string[] {
    const loaded = this._isCurrent ? this._runs?.columns : undefined;
    return columns.filter(column => !loaded || !(column in loaded));
  }

  private _runs: Runs | null = null;
  private _isCurrent = false;
  private _generation = 0;
}

/** Return columns in the order of `names`: runs may have been added between two requests. */
function alignedWith(names: readonly Value[], columns: Columns): Columns {
  const own = columns.name;
  if (own.length === names.length && own.every((name, index) => name === names[index])) return columns;
  const positions = new Map(own.map((name, index) => [name, index]));
  const rows = names.map(name => positions.get(name) ?? -1);
  const reordered = Object.entries(columns).map(([column, values]) => [column, rows.map(row => values[row] ?? null)]);
  return { ...Object.fromEntries(reordered), name: names } as Columns;
}

/** Return those values of a job that change, as the server returns them. */
function valuesOf(job: Job, columns: readonly string[]): Record<string, Value> {
  const { display_name, state, starred, description, started_at, ended_at } = job;
  const duration = started_at && ended_at ? Date.parse(ended_at) - Date.parse(started_at) : null;
  const metrics = columns.flatMap(column =>
    column.startsWith('metrics.') && Object.hasOwn(job.metrics, keyOf(column))
      ? [[column, job.metrics[keyOf(column)]]]
      : []
  );
  return {
    display_name,
    state,
    starred,
    description: description?.slice(0, LONGEST) ?? null,
    duration_s: duration === null ? null : Math.max(0, duration) / 1_000,
    ...(Object.fromEntries(metrics) as Record<string, Value>)
  };
}
