// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';

const CHECKOUT = resolve(__dirname, '..');
const OURS = join(CHECKOUT, '.venv', 'bin', 'python');

/** The server's token; see tests/server/processes.py. */
export const TOKEN = 'a-token-for-tests';

/** A JupyterLab server with a temporary workspace, controlled through `tests/lab.py`. */
export class Lab {
  static async create(): Promise<Lab> {
    const root = await mkdtemp(join(tmpdir(), 'jupyter-ml-ui-'));
    return new Lab(root, await freePort());
  }

  private constructor(
    readonly root: string,
    port: number
  ) {
    this.url = `http://127.0.0.1:${port}`;
    const python = process.env.PYTHON ?? (existsSync(OURS) ? OURS : 'python3');
    this._process = spawn(python, ['-m', 'tests.lab', root, String(port)], {
      cwd: CHECKOUT,
      stdio: ['pipe', 'pipe', 'inherit']
    });
    this._ended = new Promise(done => this._process.once('close', done));
    this._output = createInterface({ input: this._process.stdout! });
  }

  readonly url: string;

  /** Start JupyterLab. */
  async start(): Promise<void> {
    await this._send('start');
  }

  /** Stop JupyterLab, but no jobs. */
  async stop(): Promise<void> {
    await this._send('stop');
  }

  /** Add a number of jobs that have ended, in one experiment or in several. */
  async fill(count: number, experiment = ''): Promise<void> {
    await this._send(`fill ${count} ${experiment}`);
  }

  /** Move a job's artifacts to a store that is unavailable. */
  async hold(job: string): Promise<void> {
    await this._send(`hold ${job}`);
  }

  /** Undo `hold`. */
  async release(): Promise<void> {
    await this._send('release');
  }

  /** Cancel all jobs, so that those of the next test find free slots. */
  async cancelJobs(): Promise<void> {
    await this._send('cancel');
  }

  /** Start an S3 server with measurements, and create the datastore `lake` and the environment of `examples/assets`. */
  async addLake(): Promise<void> {
    await this._send('lake');
  }

  /** Return the files that contain a credential of the S3 server. */
  async leaks(): Promise<string[]> {
    return JSON.parse((await this._send('leaks')).replace('ok ', '')) as string[];
  }

  /** Stop all processes and remove all files. */
  async dispose(): Promise<void> {
    this._process.stdin!.end();
    await this._ended;
    await rm(this.root, { recursive: true, force: true });
  }

  /** Send a command, and return the response; an error if the command failed. */
  private _send(line: string): Promise<string> {
    return new Promise((done, fail) => {
      const onClose = (): void => fail(new Error(`tests/lab.py ended at ${line}`));
      this._output.once('close', onClose);
      this._output.once('line', response => {
        this._output.off('close', onClose);
        if (response.startsWith('ok')) done(response);
        else fail(new Error(`tests/lab.py ${line}: ${response}`));
      });
      this._process.stdin!.write(`${line}\n`);
    });
  }

  private readonly _process: ChildProcess;
  private readonly _ended: Promise<unknown>;
  private readonly _output: Interface;
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}
