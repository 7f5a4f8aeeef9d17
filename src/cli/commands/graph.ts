/** `millwright graph`: data, stages, models and outputs with their states, as a tree, a Mermaid flowchart, a picture or a page. */
import { Option, type Command } from 'commander';
import { relative, resolve } from 'node:path';
import { AppError, exitCodes } from '../../base/errors.ts';
import { writeAtomic } from '../../base/files.ts';
import { jsonText } from '../../base/jsonText.ts';
import { t } from '../../base/localize.ts';
import { printable } from '../../base/printable.ts';
import { graphMermaid } from '../../protocol/graph/graphMermaid.ts';
import { nodeStatuses, type GraphPicture } from '../../protocol/graph/graphStatus.ts';
import { graphSvg, palettes } from '../../protocol/graph/graphSvg.ts';
import type { RegisteredModel } from '../../protocol/model.ts';
import type { Pipeline } from '../../protocol/pipeline.ts';
import { addProjectCommand, type CommandContext, type OptionsOf, type Perform } from '../command.ts';
import { openProjectRoot } from '../openProject.ts';
import { renderGraphTree } from '../render/graphTree.ts';
import { plain } from '../render/style.ts';

const formats = ['text', 'mermaid', 'svg', 'json', 'html'] as const;
type Format = (typeof formats)[number];
const themes = Object.keys(palettes) as readonly (keyof typeof palettes)[];

function declareGraph(program: Command) {
  return addProjectCommand(program, 'graph', t('show the pipeline as a graph: data, stages, models, outputs and their states'), [
    ['millwright graph', t('as a tree')],
    ['millwright graph --format mermaid', t('as a flowchart for a Markdown file')],
    ['millwright graph --format svg --output pipeline.svg', t('as a picture')],
    ['millwright graph --format html --output pipeline.html', t('as a page to send to somebody')],
  ])
    .addOption(new Option('--format <format>', t('how to show it')).choices(formats).default('text'))
    .addOption(new Option('--theme <theme>', t('the colours of a picture')).choices(themes).default('light'))
    .option('--output <file>', t('write it into a file instead of showing it'));
}

type GraphOptions = OptionsOf<typeof declareGraph>;

export function registerGraph(program: Command, perform: Perform): void {
  declareGraph(program).action(async (options) => {
    await perform(options, async (context) => showGraph(options, context));
  });
}

async function showGraph(options: GraphOptions, context: CommandContext): Promise<number> {
  const root = await openProjectRoot(options);
  const format = context.json ? 'json' : options.format;
  if (format === 'html' && options.output === undefined) throw noOutput();
  const reading = await readPicture(root, context.signal);
  const { picture, pipeline } = reading;
  if (options.output === undefined) {
    if (format === 'text') {
      context.answer(picture, (style, width) => [
        [style('bold', printable(picture.project)), style('dim', printable(root))].join('  '),
        '',
        ...renderGraphTree(picture, { style, width }),
      ]);
    } else {
      const text = (await rendered(reading, format, options)).trimEnd();
      context.answer(picture, () => [text]);
    }
  } else {
    const path = resolve(options.output);
    await refuseProjectFiles(root, path);
    await writeAtomic(path, await rendered(reading, format, options));
    context.answer({ path }, (style) => [`${style('green', '✓')} ${t('Wrote {path}.', { path: relative(process.cwd(), path) })}`]);
  }
  for (const error of pipeline.errors) await context.noteFailure(error);
  return exitCodes[pipeline.errors[0]?.kind ?? 'ok'];
}

interface Reading {
  readonly picture: GraphPicture;
  readonly pipeline: Pipeline;
  readonly models: readonly RegisteredModel[];
}

async function readPicture(root: string, signal: AbortSignal): Promise<Reading> {
  const [{ readPipeline }, { readPipelineGraph }, { openStore }, { collectItems }] = await Promise.all([
    import('../../engine/pipeline/views/readPipeline.ts'),
    import('../../engine/pipeline/views/readPipelineGraph.ts'),
    import('../../engine/stores/openStore.ts'),
    import('../../engine/tracking/store/pages.ts'),
  ]);
  const [pipeline, { graph, layout }] = await Promise.all([readPipeline(root, { signal }), readPipelineGraph(root, { signal })]);
  await using reader = openStore({ root }).registry();
  const models = await collectItems(async (page) => reader.models({ page, signal }));
  const statuses = nodeStatuses(graph, { stages: pipeline.stages, models, progress: {} });
  return { picture: { project: pipeline.name, graph, layout, statuses }, pipeline, models };
}

async function rendered({ picture, pipeline: { stages }, models }: Reading, format: Format, { theme }: GraphOptions): Promise<string> {
  switch (format) {
    case 'text':
      return `${renderGraphTree(picture, { style: plain, width: undefined }).join('\n')}\n`;
    case 'mermaid':
      return graphMermaid(picture);
    case 'svg':
      if (picture.layout.shown !== 'nothing') return graphSvg(picture, palettes[theme]);
      throw new AppError(
        'graph.tooLarge',
        t('The graph has {count} nodes: too many for a picture.', { count: picture.graph.nodes.length }),
        {
          args: { count: picture.graph.nodes.length },
          remedy: t('Write it with --format mermaid, json or text.'),
        },
      );
    case 'json':
      return `${jsonText(picture, 2)}\n`;
    case 'html': {
      const { renderPage } = await import('../../engine/pipeline/reports/renderPage.ts');
      return renderPage({ page: 'graph', view: { ...picture, stages, models, readAt: Date.now(), trusted: false } });
    }
  }
}

/** @throws AppError `files.readByProject`: a picture is no reason to lose data */
async function refuseProjectFiles(root: string, path: string): Promise<void> {
  const [{ loadProject }, { requireUnread }] = await Promise.all([
    import('../../engine/project/loadProject.ts'),
    import('../../engine/pipeline/records/protectedFiles.ts'),
  ]);
  const { project } = await loadProject(root);
  if (project !== undefined) await requireUnread(project, [path]);
}

function noOutput(): AppError {
  return new AppError('graph.noOutput', t('A page is a file of its own: say which one with --output.'), { kind: 'usage' });
}
