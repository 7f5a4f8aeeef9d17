/**
 * What pages (webviews) and their hosts say to each other: per page one contract of requests to the host,
 * and one event back that carries everything the page shows. A page holds no truth of its own.
 *
 * A page is `dist/pages/<name>.js` and `dist/pages/<name>.css` in the document of `pageDocument.ts`; it starts with
 * one `ready` request, whose reply is the first snapshot. Messages are JSON-RPC over `postMessage` (`pageConnection.ts`).
 */
import type { ErrorRecord } from '../../base/errors.ts';
import { command, event, query, trustedQuery, type Contract, type EventToken, type RequestToken } from '../contracts/contract.ts';
import type { ProjectProposal, ProposalChoices } from '../dataset.ts';
import type { EvaluationReport, MetricResult } from '../evaluation.ts';
import type { Palette } from '../graph/graphDrawing.ts';
import type { GraphPicture } from '../graph/graphStatus.ts';
import type { StageState } from '../job.ts';
import type { RegisteredModel } from '../model.ts';
import type { StageSummary } from '../pipeline.ts';
import type { RepeatedMetric } from '../repeats.ts';
import type { ReportedRun, RunSheet } from '../run.ts';
import type { ValidationReport } from '../validation.ts';

export const pageNames = ['report', 'validation', 'run', 'trainFromFile', 'graph'] as const;
export type PageName = (typeof pageNames)[number];

/** The whole visible state. A page ignores a snapshot older than the one it shows. */
export interface Snapshot<View> {
  /** Raised by the host with every change, from 1. */
  readonly revision: number;
  readonly view: View;
  /** What VS Code keeps of the page while the window reloads, and hands back to the host then. */
  readonly keep?: unknown;
}

/** A page that shows one report. */
export type ReportPageView<Ready> =
  { readonly state: 'loading' } | { readonly state: 'failed'; readonly error: ErrorRecord } | ({ readonly state: 'ready' } & Ready);

/** What the pages that can stand alone as one file show, by the page's name. */
export interface ReadyReports {
  readonly report: {
    readonly report: EvaluationReport;
    /** The project's name, shown above the title. */
    readonly project: string;
    /** When the evaluation ended: milliseconds since 1970 UTC. */
    readonly evaluatedAt: number | undefined;
    /** Over the folds or seeds of the training that made the model; none where it trained once. */
    readonly repeats: readonly RepeatedMetric[];
    /** The run whose model was measured; undefined where nothing was tracked. */
    readonly run: ReportedRun | undefined;
  };
  readonly validation: {
    readonly report: ValidationReport;
    /** The validate stage. */
    readonly stage: string;
    readonly project: string;
    /** When the check ended: milliseconds since 1970 UTC. */
    readonly checkedAt: number | undefined;
  };
  readonly run: {
    readonly sheet: RunSheet;
    readonly project: string;
    /** When the sheet was read: milliseconds since 1970 UTC. */
    readonly readAt: number;
    /** What the button that repairs the failure says; undefined where the run did not fail or no button can help. */
    readonly repair: string | undefined;
  };
  readonly graph: GraphPicture & {
    readonly stages: readonly StageSummary[];
    readonly models: readonly RegisteredModel[];
    /** When the states were read: milliseconds since 1970 UTC. */
    readonly readAt: number;
    /** Whether stages may be run from the page. */
    readonly trusted: boolean;
  };
}

export type ReportPageName = keyof ReadyReports;

/** The evaluation report page. */
export type ReportView = ReportPageView<ReadyReports['report']>;

/** The validation report page. */
export type ValidationView = ReportPageView<ReadyReports['validation']>;

/** The page of a run. */
export type RunView = ReportPageView<ReadyReports['run']>;

/** A report page → its host (a type and no interface: contracts are records). */
export type ReportRequests<View, Place extends string> = Readonly<{
  /** Sent once, when the page has started. */
  ready: RequestToken<null, Snapshot<View>>;
  /** Asks the user where to, writes the page as one HTML file, and tells the path; null when the user changed their mind. */
  exportHtml: RequestToken<null, { readonly path: string } | null>;
  /** Puts a text (a run id, a digest) on the clipboard. */
  copy: RequestToken<{ readonly text: string }, null>;
  /** Shows where something on the page comes from: one of the places that the page can lead to. */
  reveal: RequestToken<{ readonly what: Place }, null>;
}>;

/** The host → a report page. */
export type ReportEvents<View> = Readonly<{
  /** Sent after every change; replaces all that is shown. */
  snapshot: EventToken<Snapshot<View>>;
}>;

/** `stage`: its place in the project file. `model`: the model's folder in the explorer. */
export const reportPageRequests: ReportRequests<ReportView, 'stage' | 'model'> = {
  ready: query(),
  exportHtml: query(),
  copy: query(),
  reveal: query(),
};
export const reportPageEvents: ReportEvents<ReportView> = { snapshot: event() };

/** `stage`: its place in the project file. `dataset`: the data set's place there. */
export const validationPageRequests: ReportRequests<ValidationView, 'stage' | 'dataset'> = {
  ready: query(),
  exportHtml: query(),
  copy: query(),
  reveal: query(),
};
export const validationPageEvents: ReportEvents<ValidationView> = { snapshot: event() };

/** Where the page of a run can lead to: `before` is the run it is compared with, `repair` does what the failure needs. */
export const runPlaces = ['stage', 'report', 'model', 'log', 'before', 'parent', 'repair'] as const;
export type RunPlace = (typeof runPlaces)[number];

export const runPageRequests: ReportRequests<RunView, RunPlace> = { ready: query(), exportHtml: query(), copy: query(), reveal: query() };
export const runPageEvents: ReportEvents<RunView> = { snapshot: event() };

/** The pipeline graph page. */
export type GraphView = ReportPageView<ReadyReports['graph']>;

/** Where a node of the graph leads to: its place in the project file, its report, its file in an editor. */
export const graphPlaces = ['place', 'report', 'file'] as const;
export type GraphPlace = (typeof graphPlaces)[number];

/** `project`: the project file. */
export const graphPageRequests = {
  ready: query<null, Snapshot<GraphView>>(),
  exportHtml: query<null, { readonly path: string } | null>(),
  copy: query<{ readonly text: string }, null>(),
  reveal: query<{ readonly what: 'project' }, null>(),
  /** Opens what a node stands for. */
  open: query<{ readonly node: string; readonly what: GraphPlace }, null>(),
  /** Runs a node's stage, or it and every stage after it. */
  run: command<{ readonly node: string; readonly downstream: boolean }, null>(),
  /** Asks the user where to, and writes the graph in the colours of the page. */
  save: query<{ readonly format: 'svg' | 'mermaid'; readonly palette: Palette }, { readonly path: string } | null>(),
} satisfies Contract;
export const graphPageEvents: ReportEvents<GraphView> = { snapshot: event() };

/** A stage of the training that the page started, in the order of execution. */
export interface TrainingStep {
  readonly stage: string;
  readonly state: StageState;
  readonly durationMs: number | undefined;
}

/** The page "Train a Model from This File". */
export type TrainFromFileView = {
  /** The file's path relative to the workspace folder, or absolute. */
  readonly file: string;
  /** The folder that will hold `millwright.yaml`, as shown to the user. */
  readonly folder: string;
} & (
  | { readonly state: 'profiling' }
  | {
      readonly state: 'choosing';
      readonly choices: ProposalChoices;
      readonly proposal: ProjectProposal;
      /** A changed choice is being worked into the proposal; the old one still shows. */
      readonly refreshing: boolean;
      /** Why the last choice could not be followed; the choices before it stand. */
      readonly problem: ErrorRecord | undefined;
    }
  | {
      readonly state: 'training';
      readonly steps: readonly TrainingStep[];
      /** The newest progress in words, for example "Round 40 of 300, validation loss 0.4712". */
      readonly activity: string | undefined;
      /** 0 to 1; undefined while unknown. */
      readonly fraction: number | undefined;
      readonly remainingMs: number | undefined;
      /** True from the moment the user asked to stop. */
      readonly stopping: boolean;
    }
  /** The report opens by itself; the page then offers it again. */
  | {
      readonly state: 'done';
      readonly steps: readonly TrainingStep[];
      /** The report's verdict, or that the model is trained. */
      readonly summary: string;
      /** What the report judges by; undefined where nothing was measured. */
      readonly figure: MetricResult | undefined;
    }
  | { readonly state: 'stopped'; readonly steps: readonly TrainingStep[] }
  /** `retry` tells which request begins again: the proposal (`choose`) or the training (`train`). */
  | {
      readonly state: 'failed';
      readonly error: ErrorRecord;
      readonly retry: 'choose' | 'train';
      /** What the button that repairs it says; undefined where none can. */
      readonly repair: string | undefined;
    }
);

/** The page "Train a Model from This File" → its host. */
export const trainFromFilePageRequests = {
  /** Sent once, when the page has started. */
  ready: query<null, Snapshot<TrainFromFileView>>(),
  /** Asks for the proposal that follows from these choices; it arrives as a snapshot. The last one asked for counts. */
  choose: trustedQuery<ProposalChoices, null>(),
  /** Writes the project file as shown and starts the training; everything after arrives as snapshots. */
  train: command<null, null>(),
  /** Does what the failure needs; a training begins again afterwards. */
  repair: command<null, null>(),
  /** Stops the training. */
  stop: command<null, null>(),
  /** Opens the report of the finished training. */
  openReport: query<null, null>(),
  /** Opens the graph of the project's pipeline. */
  openGraph: query<null, null>(),
  /** Opens the proposed or written project file in an editor. */
  openProjectFile: query<null, null>(),
  /** Puts a text on the clipboard. */
  copy: query<{ readonly text: string }, null>(),
} satisfies Contract;

/** The host → the page "Train a Model from This File". */
export const trainFromFilePageEvents = {
  /** Sent after every change; replaces all that is shown. */
  snapshot: event<Snapshot<TrainFromFileView>>(),
} satisfies Contract;
