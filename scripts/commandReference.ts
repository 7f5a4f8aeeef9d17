/** The tables of `docs/command-line.md`, made from the commands themselves. The prose around them is written by hand. */
import type { Command, Option } from 'commander';
import { createProgram } from '../src/cli/program.ts';
import { processTerminal } from '../src/cli/terminal.ts';
import { withPart } from './generatedPart.ts';

/** The document with its generated parts made anew. @throws Error where the marks of a part are missing */
export function withCommandTables(document: string): string {
  const commands = createProgram(processTerminal()).commands;
  const madeBy = 'commandReference.ts';
  const withOverview = withPart(document, { name: 'commands', madeBy, text: overview(commands) });
  return withPart(withOverview, { name: 'options', madeBy, text: commands.map((command) => details(command)).join('\n\n') });
}

function overview(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) =>
    [command, ...command.commands].map((each) => `| [\`${usageOf(each)}\`](#${each.name()}) | ${cell(each.description())} |`),
  );
  return ['| command | what it does |', '|---|---|', ...lines].join('\n');
}

/** One command with its arguments, options and examples, and the commands below it. */
function details(command: Command, level = '###'): string {
  const parts = [`${level} ${command.name()}`, `\`millwright ${usageOf(command)}\`: ${command.description()}.`];
  const rows = [
    ...command.registeredArguments
      .filter(({ description }) => description !== '')
      .map((each) => `| \`${each.name()}\` | ${cell(each.description)} |`),
    ...command.options
      .filter((option) => !isShared(option))
      .map((option) => `| \`${option.flags.replaceAll('|', '\\|')}\` | ${cell(meaningOf(option))} |`),
  ];
  if (rows.length > 0) parts.push(['| option | meaning |', '|---|---|', ...rows].join('\n'));
  const examples = examplesOf(command);
  if (examples !== '') parts.push(`\`\`\`\n${examples}\n\`\`\``);
  return [...parts, ...command.commands.map((each) => details(each, `${level}#`))].join('\n\n');
}

/** `jobs follow [job]` */
function usageOf(command: Command): string {
  const names = command.parent?.parent === null || command.parent === null ? [] : [command.parent.name()];
  const words = command.registeredArguments.map((each) =>
    (each.required ? `<${each.name()}>` : `[${each.name()}]`).replace(/(.)$/, each.variadic ? '…$1' : '$1'),
  );
  return [...names, command.name(), ...words].join(' ');
}

/** Said of all commands at once. */
function isShared({ long, description }: Option): boolean {
  return long === '--json' || (long === '--project' && description.includes('searched from here upward'));
}

function meaningOf(option: Option): string {
  const choices = option.argChoices === undefined ? '' : ` (${option.argChoices.map((choice) => `\`${choice}\``).join(', ')})`;
  return `${option.description}${choices}${option.defaultValue === undefined ? '' : ` (default: ${defaultOf(option)})`}`;
}

function defaultOf({ defaultValue, defaultValueDescription }: Option): string {
  return defaultValueDescription ?? String(defaultValue);
}

/** The lines of examples that the help of a command ends with. */
function examplesOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => void (help += text) });
  command.outputHelp();
  const [, examples = ''] = help.split('\nExamples:\n');
  return examples.trimEnd().replaceAll(/^ {2}\$ /gm, '');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
