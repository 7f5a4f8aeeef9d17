/** Running jobs on screen: progress with a cancel button, the status-bar item, and their log lines in the output channel. */
import * as vscode from 'vscode';
import { isCancelled } from '../../base/abort.ts';
import { formatTimeLeft } from '../../base/clock.ts';
import { errorText } from '../../base/errors.ts';
import type { Job, JobEvent, JobResult } from '../../protocol/job.ts';
import { commandOf } from '../host/contributed.ts';
import type { EngineClient } from './engineClient.ts';
import type { Notify } from '../host/notify.ts';
import type { ProjectStore } from './projectStore.ts';

export interface JobFollowerOptions {
  readonly engine: EngineClient;
  readonly store: ProjectStore;
  readonly log: vscode.LogOutputChannel;
  readonly notify: Notify;
}

export class JobFollower implements vscode.Disposable {
  readonly #options: JobFollowerOptions;
  readonly #following = new Map<string, Promise<JobResult | undefined>>();
  readonly #item = vscode.window.createStatusBarItem('millwright.job', vscode.StatusBarAlignment.Left, 10);
  readonly #subscriptions: { dispose: () => unknown }[];

  constructor(options: JobFollowerOptions) {
    this.#options = options;
    this.#item.name = vscode.l10n.t('Millwright Jobs');
    this.#subscriptions = [
      this.#item,
      options.engine.onDidJobEvent(({ event, jobId }) => {
        this.#write(jobId, event);
      }),
      options.store.onDidChange(() => {
        this.#showStatus();
        this.#adoptRunningJobs();
      }),
    ];
  }

  /** Shows a job that this window started until it ends; the button cancels it. Resolves with its result, never rejects. */
  async showProgress(job: Job): Promise<JobResult | undefined> {
    const options = { location: vscode.ProgressLocation.Notification, title: job.record.title, cancellable: true };
    return vscode.window.withProgress(options, async (progress, token) => {
      const listener = this.#options.engine.onDidJobEvent(({ jobId, event }) => {
        if (jobId !== job.record.id) return;
        const message = activityOf(event);
        if (message !== undefined) progress.report({ message }); // no bar: a job's stages do not add up to a known whole
      });
      token.onCancellationRequested(() => {
        void this.cancel(job);
      });
      try {
        return await this.follow(job);
      } finally {
        listener.dispose();
      }
    });
  }

  /** Waits for a job's end while its events go to the log; several callers share one following. */
  async follow(job: Job): Promise<JobResult | undefined> {
    const { id, project: root } = job.record;
    const known = this.#following.get(id);
    if (known !== undefined) return known;
    const following = this.#options.engine.calls.followJob({ root, jobId: id }).catch((error: unknown) => {
      if (!isCancelled(error)) this.#options.log.warn(error instanceof Error ? error.message : String(error));
      return undefined;
    });
    this.#following.set(id, following);
    const result = await following;
    this.#following.delete(id);
    if (result !== undefined) this.#options.log.info(`${job.record.title}: ${result.state}`);
    return result;
  }

  async cancel(job: Job): Promise<void> {
    try {
      await this.#options.engine.calls.cancelJob({ root: job.record.project, jobId: job.record.id });
    } catch (error) {
      this.#options.notify.error(error);
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #running(): Job[] {
    return this.#options.store.current.flatMap(({ pipeline }) =>
      'value' in pipeline ? pipeline.value.jobs.filter(({ state }) => state === 'running') : [],
    );
  }

  /** A job that runs already when a window opens is followed like one it started, but without a notification. */
  #adoptRunningJobs(): void {
    for (const job of this.#running()) if (!this.#following.has(job.record.id)) void this.follow(job);
  }

  #showStatus(): void {
    const running = this.#running();
    const [first] = running;
    if (first === undefined) {
      this.#item.hide();
      return;
    }
    const more = running.length > 1 ? ` +${String(running.length - 1)}` : '';
    this.#item.text = `$(loading~spin) ${first.activity ?? first.record.title}${more}`;
    this.#item.tooltip = vscode.l10n.t('Millwright: {0}', running.map(({ record }) => record.title).join(', '));
    this.#item.command = commandOf('millwright.job.showLog', vscode.l10n.t('Show Job Log'), {
      type: 'job',
      root: first.record.project,
      job: first,
    });
    this.#item.show();
  }

  #write(jobId: string, event: JobEvent): void {
    const { log } = this.#options;
    const short = jobId.slice(-6);
    switch (event.type) {
      case 'log':
        log[event.level === 'warning' ? 'warn' : event.level](`[${event.stage ?? short}] ${event.message}`);
        return;
      case 'stage':
        if (event.error === undefined) log.info(`[${event.stage}] ${event.state}${event.reason === undefined ? '' : `: ${event.reason}`}`);
        else log.error(`[${event.stage}] ${errorText(event.error)}`);
        return;
      case 'progress':
        log.trace(`[${event.stage}] ${event.message}`);
        return;
      case 'started':
      case 'planned':
      case 'child':
      case 'run':
        return;
    }
  }
}

/** What a job does now, in one line: `train: Round 40 of 300, validation loss 0.4712 · 13 % · 9.0 s left`. */
function activityOf(event: JobEvent): string | undefined {
  if (event.type !== 'progress') return event.type === 'stage' && event.state === 'running' ? event.stage : undefined;
  const { stage, message, fraction, remainingMs } = event;
  const parts = [
    `${stage}: ${message}`,
    fraction === undefined ? undefined : `${String(Math.round(100 * fraction))} %`,
    formatTimeLeft(remainingMs),
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}
