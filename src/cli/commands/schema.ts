/** `millwright schema`: the JSON Schema of the project file. */
import type { Command } from 'commander';
import { jsonText } from '../../base/jsonText.ts';
import { t } from '../../base/localize.ts';
import { addCommand, runCommandBody } from '../command.ts';
import type { Terminal } from '../terminal.ts';

export function registerSchema(program: Command, terminal: Terminal): void {
  addCommand(program, 'schema', t('print the JSON Schema of millwright.yaml'), [
    ['millwright schema > millwright.schema.json', t('for other editors')],
  ]).action(async (options) => {
    await runCommandBody(terminal, options, async () => {
      const { projectJsonSchema } = await import('../../engine/project/schema/projectSchema.ts');
      terminal.print(jsonText(projectJsonSchema(), 2));
      return undefined;
    });
  });
}
