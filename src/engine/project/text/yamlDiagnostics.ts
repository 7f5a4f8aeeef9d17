/** What the YAML reader found, in the words of a diagnostic. */
import { AppError } from '../../../base/errors.ts';
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { Diagnostics } from './diagnostics.ts';
import { textLimits } from './textSize.ts';
import type { YamlProblem } from './yamlTree.ts';

export function addYamlProblems(problems: readonly YamlProblem[], diagnostics: Diagnostics): void {
  for (const problem of problems) addYamlProblem(problem, diagnostics);
}

function addYamlProblem(found: YamlProblem, diagnostics: Diagnostics): void {
  const { span } = found;
  switch (found.problem) {
    case 'syntax':
      diagnostics.add('project.syntax', t('This is not valid YAML: {detail}.', { detail: sentence(found.detail) }), span, {
        remedy: t('Check the indentation, the quotes and the brackets around this place.'),
      });
      return;
    case 'tab':
      diagnostics.add('project.tab', t('A tab indents this line, but YAML takes blanks only.'), span, {
        args: { replacement: '  ' },
        remedy: t('Put two blanks in its place; in VS Code: "Convert Indentation to Spaces".'),
      });
      return;
    case 'duplicateKey':
      diagnostics.add('project.duplicateKey', t('The key "{key}" stands here a second time.', { key: found.name }), span, {
        args: { key: found.name },
        remedy: t('Keep one of the two.'),
      });
      return;
    case 'keyNotText':
      diagnostics.add('project.keyNotText', t('A key must be a name, but this is {found}.', { found: `"${found.name}"` }), span);
      return;
    case 'reservedKey':
      diagnostics.add('project.reservedKey', t('"{key}" cannot be used as a name.', { key: found.name }), span, {
        remedy: t('Choose another name.'),
      });
      return;
    case 'unknownAnchor':
      diagnostics.add('project.unknownAnchor', t('No anchor "&{name}" stands above this alias.', { name: found.name }), span, {
        remedy: t('Define the anchor first, or put quotes around a text that begins with an asterisk.'),
      });
      return;
    case 'mergeNotMapping':
      diagnostics.add('project.mergeNotMapping', t('Only a mapping, or a list of mappings, can be merged with "<<".'), span);
      return;
    case 'endlessAlias':
      diagnostics.add('project.endlessAlias', t('This alias stands inside of what it repeats, so it would never end.'), span);
      return;
    case 'tooDeep':
      diagnostics.add('project.tooDeep', t('The values are nested too deeply to be read.'), span);
      return;
    case 'tooLarge':
      diagnostics.addError(textTooLarge(), span);
      return;
    case 'tooManyValues':
      diagnostics.add('project.tooLarge', t('The file holds too many values, counting what aliases repeat.'), span, {
        remedy: t('Repeat less through aliases.'),
      });
      return;
    case 'unquotedReference':
      diagnostics.add(
        'project.unquotedReference',
        t('Inside brackets a reference needs quotes, because YAML takes its brace for a mapping: {reference}', {
          reference: `"${found.reference}"`,
        }),
        span,
        { args: { replacement: `"${found.reference}"` }, remedy: t('Put the reference in double quotes.') },
      );
  }
}

/** What is said of a text that is too large to be read, wherever that is found. */
export function textTooLarge(): AppError {
  return new AppError(
    'project.tooLarge',
    t('The text is too large to be read: at most {characters} characters, and {signs} lines, commas, brackets, quotes and the like.', {
      characters: formatCount(textLimits.characters),
      signs: formatCount(textLimits.signs),
    }),
    { remedy: t('Keep data in files of their own, and name them under "datasets".') },
  );
}

/** The YAML reader's own words without their full stop. */
function sentence(detail: string): string {
  return detail.replace(/\.$/, '');
}
