/** Evaluation reports as they were stored by this and earlier versions of Millwright. */
import type { ClassResult, EvaluationReport } from '../../../protocol/evaluation.ts';

type Added =
  | 'version'
  | 'thresholdChoice'
  | 'sampleWeight'
  | 'baselineKind'
  | 'classResults'
  | 'classAverages'
  | 'ranking'
  | 'data'
  | 'leakage'
  | 'leakageChecks'
  | 'notes'
  | 'predictionColumns';

/** A report of version 1: what version 2 added is not in it. */
type FirstReport = Omit<EvaluationReport, Added> & {
  readonly version: 1;
  readonly classResults: readonly Omit<ClassResult, 'rocAuc' | 'averagePrecision'>[];
};

const newest = 2;

/**
 * The report in the newest form, or undefined for what is no report or of a version that is not known yet.
 * @param value parsed JSON
 */
export function readReportVersion(value: unknown): EvaluationReport | undefined {
  if (!isReport(value)) return undefined;
  return value.version === newest ? value : fromFirst(value);
}

function fromFirst(report: FirstReport): EvaluationReport {
  return {
    ...report,
    version: newest,
    thresholdChoice: undefined,
    sampleWeight: undefined,
    baselineKind: report.baseline === 'majority' || report.baseline === 'mean' ? report.baseline : 'model',
    classResults: report.classResults.map((result) => ({ ...result, rocAuc: undefined, averagePrecision: undefined })),
    classAverages: [],
    ranking: undefined,
    data: undefined,
    leakage: [],
    leakageChecks: [],
    notes: [],
    predictionColumns: [],
  };
}

/** Of a version we know, with the parts by which a report is recognised. */
function isReport(value: unknown): value is FirstReport | EvaluationReport {
  if (typeof value !== 'object' || value === null) return false;
  const has = (key: string, test: (part: unknown) => boolean): boolean => test((value as Readonly<Record<string, unknown>>)[key]);
  const isText = (part: unknown): boolean => typeof part === 'string';
  const lists = ['classes', 'metrics', 'gates', 'importance', 'segments', 'classResults'];
  const isNewest = has('version', (version) => version === newest);
  return (
    (isNewest || has('version', (version) => version === 1)) &&
    ['task', 'stage', 'dataset', 'target'].every((key) => has(key, isText)) &&
    [...lists, ...(isNewest ? ['classAverages', 'leakage', 'leakageChecks', 'notes', 'predictionColumns'] : [])].every((key) =>
      has(key, Array.isArray),
    ) &&
    has('curves', (curves) => typeof curves === 'object' && curves !== null)
  );
}
