/** `millwright schema`: the JSON Schema of the project file. */
import type { Command } from 'commander';
import { jsonText } from '../../base/jsonText.ts';
import { t } from '../../base/localize.ts';
import { addCommand, type Perform } from '../command.ts';

export function registerSchema(program: Command, perform: Perform): void {
  addCommand(program, 'schema', t('print the JSON Schema of millwright.yaml'), [
    ['millwright schema > millwright.schema.json', t('for other editors')],
  ]).action(async (options) => {
    await perform(options, async ({ answer }) => {
      const { projectJsonSchema } = await import('../../engine/project/schema/projectSchema.ts');
      const schema = projectJsonSchema();
      answer(schema, () => [jsonText(schema, 2)]);
      return undefined;
    });
  });
}
