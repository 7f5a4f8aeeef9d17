/** `millwright predict`: predictions of a model for a data file that the project need not name. */
import type { Command } from 'commander';
import { exitCodes } from '../../base/errors.ts';
import { addProjectCommand, runCommandBody, type ProjectOptions } from '../command.ts';
import { t } from '../../base/localize.ts';
import { addPermissionOptions, type PermissionOptions } from '../permissions.ts';
import type { Terminal } from '../terminal.ts';

interface PredictOptions extends ProjectOptions, PermissionOptions {
  readonly model: string;
  readonly data: string;
  readonly output: string;
  readonly keep?: readonly string[];
  readonly rejects?: string;
}

export function registerPredict(program: Command, terminal: Terminal): void {
  addPermissionOptions(
    addProjectCommand(program, 'predict', t('write predictions for every row of a data file'), [
      ['millwright predict --model flights@champion --data new.parquet --output scored.parquet', t('by alias')],
      ['millwright predict --model flights/3 --data new.csv --output scored.csv --keep id', t('by version, with a column copied beside')],
    ]),
  )
    .requiredOption('--model <name@alias>', t('a registered model, as name@alias or name/version, or a train stage'))
    .requiredOption('--data <file>', t('the rows to predict for'))
    .requiredOption('--output <file>', t('where to write: .parquet, .csv or .jsonl inside the project'))
    .option('--keep <columns...>', t('columns to copy beside the predictions'))
    .option('--rejects <file>', t('where to write rows that cannot be predicted (default: beside the output)'))
    .action(async (options: PredictOptions) => {
      await runCommandBody(terminal, options, async () => Promise.resolve(exitCodes.ok));
    });
}
