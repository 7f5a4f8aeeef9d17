/** `millwright audit`: the log of changes, shown, filtered and verified. */
import { Option, type Command } from 'commander';
import { exitCodes } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { AuditFault } from '../../engine/safety/auditChain.ts';
import type { AuditLine } from '../../protocol/audit.ts';
import { addProjectCommand, type CommandContext, type OptionsOf, type Perform } from '../command.ts';
import { openProjectRoot } from '../openProject.ts';
import { parseCount, parseSince } from '../arguments.ts';
import { renderAudit } from '../render/audit.ts';

function declareAudit(program: Command) {
  return addProjectCommand(program, 'audit', t('show who changed what, when, and how it ended'), [
    ['millwright audit', t('the newest 50 lines')],
    ['millwright audit --operation register --since 7d', t("a week's registrations")],
    ['millwright audit --verify', t('check that no line was changed or taken out')],
  ])
    .option('--operation <name>', t('only this operation: run, register, alias.set, …'))
    .option('--since <when>', t('only lines since a date, or a length of time such as 7d'), parseSince)
    .option('--model <name>', t('only this registered model'))
    .addOption(new Option('--outcome <outcome>', t('only this outcome')).choices(['started', 'success', 'failure']))
    .option('--limit <count>', t('the most lines to show, the newest'), parseCount, 50)
    .option('--verify', t('check the chain of hashes'));
}

type AuditOptions = OptionsOf<typeof declareAudit>;

export function registerAudit(program: Command, perform: Perform): void {
  declareAudit(program).action(async (options) => {
    await perform(options, async (context) => (options.verify === true ? verify(options, context) : show(options, context)));
  });
}

async function show(options: AuditOptions, { answer }: CommandContext): Promise<number> {
  const { readAuditLog } = await import('../../engine/safety/auditLog.ts');
  const log = await readAuditLog(await openProjectRoot(options));
  const lines = log.filter((line) => matches(line, options)).slice(-options.limit);
  answer(lines, (style, width) => renderAudit(lines, { style, width, log }));
  return exitCodes.ok;
}

function matches({ entry }: AuditLine, { operation, since, model, outcome }: AuditOptions): boolean {
  return (
    (operation === undefined || entry.operation === operation) &&
    (since === undefined || Date.parse(entry.timestamp) >= since) &&
    (model === undefined || entry.model_name === model) &&
    (outcome === undefined || entry.outcome === outcome)
  );
}

async function verify(options: AuditOptions, { answer }: CommandContext): Promise<number> {
  const { readAuditLog, verifyAuditLog } = await import('../../engine/safety/auditLog.ts');
  const root = await openProjectRoot(options);
  const faults = await verifyAuditLog(root);
  const { length } = await readAuditLog(root);
  answer({ lines: length, faults }, (style) =>
    faults.length === 0
      ? [`${style('green', '✓')} ${t('The audit log is whole: {count} lines.', { count: length })}`]
      : faultTexts(faults).map((text) => `${style('red', '✗')} ${text}`),
  );
  return faults.length === 0 ? exitCodes.ok : exitCodes.gate;
}

/** A sentence per fault; neighbouring lines with the same fault share one. */
export function faultTexts(faults: readonly AuditFault[]): string[] {
  const spans: { readonly fault: AuditFault['fault']; readonly first: number; last: number }[] = [];
  for (const { fault, line } of faults) {
    const span = spans.at(-1);
    if (span?.fault === fault && span.last + 1 === line) span.last = line;
    else spans.push({ fault, first: line, last: line });
  }
  return spans.map(({ fault, first, last }) => (first === last ? faultText(fault, first) : faultsText(fault, first, last)));
}

function faultsText(fault: AuditFault['fault'], first: number, last: number): string {
  switch (fault) {
    case 'edited':
      return t('Lines {first} to {last} were changed after they were written.', { first, last });
    case 'deleted':
      return t('Lines {first} to {last} were taken out.', { first, last });
    case 'inserted':
      return t('Lines {first} to {last} were put in from outside.', { first, last });
    case 'truncated':
      return t('The log ends early: lines {first} to {last} are gone.', { first, last });
  }
}

function faultText(fault: AuditFault['fault'], line: number): string {
  switch (fault) {
    case 'edited':
      return t('Line {line} was changed after it was written.', { line });
    case 'deleted':
      return t('Line {line} was taken out.', { line });
    case 'inserted':
      return t('Line {line} was put in from outside.', { line });
    case 'truncated':
      return t('The log ends early: line {line} is gone.', { line });
  }
}
