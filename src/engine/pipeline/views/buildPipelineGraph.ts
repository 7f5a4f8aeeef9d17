/** What the project file says of data, stages, models and files as one graph. Pure: names and paths only. */
import type { SourceRange } from '../../../base/errors.ts';
import { formatShare } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import {
  bareNode,
  type GraphEdge,
  type GraphEdgeKind,
  type GraphNode,
  type GraphNodeKind,
  type PipelineGraph,
} from '../../../protocol/graph/pipelineGraph.ts';
import type { DatasetSpec } from '../../project/definitions/dataset.ts';
import { kindOf, makesModel, roleOf, type StageSpec } from '../../project/definitions/stage.ts';
import { parseModelReference } from '../../project/values/modelReference.ts';
import { normalized, OutputIndex } from '../../project/graph/outputIndex.ts';
import { outputsOf, sourcesOf, stageDependencies, type StageGraphInput } from '../../project/graph/stageGraph.ts';
import type { Path } from '../../project/text/yamlTree.ts';
import { bundleFiles } from './bundleFiles.ts';

type RangeOf = (path: Path) => SourceRange | undefined;

/** @param rangeOf where a value of the project file is written */
export function pipelineGraph(project: StageGraphInput, rangeOf: RangeOf): PipelineGraph {
  const builder = new GraphBuilder(project, rangeOf);
  for (const [name, spec] of Object.entries(project.datasets)) builder.addDataset(name, spec);
  for (const [name, stage] of Object.entries(project.stages)) builder.addStage(name, stage);
  builder.noteMakers();
  for (const [name, stage] of Object.entries(project.stages)) builder.joinStage(name, stage);
  for (const [name, spec] of Object.entries(project.datasets)) builder.joinDataset(name, spec);
  builder.joinOrder();
  return bundleFiles(builder.graph);
}

/** Ids by kind, so that a stage and a data set may have one name. */
const idOf = (kind: GraphNodeKind, name: string): string => `${kind}:${name}`;

class GraphBuilder {
  readonly #project: StageGraphInput;
  readonly #rangeOf: RangeOf;
  readonly #nodes = new Map<string, GraphNode>();
  readonly #edges: GraphEdge[] = [];
  readonly #after = new Map<string, Set<string>>();
  readonly #made: { readonly output: string; readonly value: string }[] = [];
  /** The nodes that stand for what stages write; known when all stages were added. */
  #makers = new OutputIndex<string>([]);

  constructor(project: StageGraphInput, rangeOf: RangeOf) {
    this.#project = project;
    this.#rangeOf = rangeOf;
  }

  get graph(): PipelineGraph {
    return { nodes: [...this.#nodes.values()], edges: this.#edges };
  }

  addDataset(name: string, spec: DatasetSpec): void {
    this.#add('dataset', name, {
      detail: describeDataset(spec),
      place: this.#rangeOf(['datasets', name]),
      ...(spec.path === undefined ? {} : { paths: [spec.path] }),
    });
  }

  /** The stage and what it makes. */
  addStage(name: string, stage: StageSpec): void {
    const place = this.#rangeOf(['stages', name]);
    const { modelFile, registers, detail = kindOf(stage) } = roleOf(stage);
    const id = this.#add('stage', name, { detail, place, stage: name });
    if (makesModel(stage)) {
      const title = t('model of {stage}', { stage: name });
      const file = modelFile === undefined ? {} : { detail: modelFile.path, paths: [modelFile.path] };
      const model = this.#add('model', name, { title, place, stage: name, ...file });
      this.#join(id, model, 'model');
      if (modelFile !== undefined) this.#made.push({ output: modelFile.path, value: model });
    }
    for (const { output, path } of outputsOf(name, stage)) {
      if (output === modelFile?.path) continue;
      const file = this.#add('file', normalized(output), {
        detail: t('output'),
        place: this.#rangeOf(path),
        stage: name,
        paths: [output],
      });
      this.#join(id, file, 'file');
      this.#made.push({ output, value: file });
    }
    if (registers !== undefined) {
      const version = registers.alias === undefined ? registers.name : `${registers.name}@${registers.alias}`;
      this.#join(id, this.#add('registered', version, { detail: t('registered model'), place, stage: name }), 'model');
    }
  }

  /** Call after the last stage was added. */
  noteMakers(): void {
    this.#makers = new OutputIndex(this.#made);
  }

  /** The stage with what it consumes. */
  joinStage(name: string, stage: StageSpec): void {
    const id = idOf('stage', name);
    const { dataset, model, compares = [], reads = [] } = roleOf(stage);
    if (dataset !== undefined && Object.hasOwn(this.#project.datasets, dataset)) this.#join(idOf('dataset', dataset), id, 'data');
    this.#joinModel(model, id, { path: ['stages', name, 'model'], kind: 'model' });
    for (const { model: other, at } of compares) this.#joinModel(other, id, { path: ['stages', name, ...at], kind: 'comparison' });
    for (const { path, at } of reads) this.#joinFile(path, id, ['stages', name, ...at]);
  }

  /** The data set with what its rows come from. */
  joinDataset(name: string, spec: DatasetSpec): void {
    const id = idOf('dataset', name);
    for (const source of sourcesOf(spec, this.#project.datasets)) this.#join(idOf('dataset', source), id, 'data');
    if (spec.path === undefined) return;
    for (const node of this.#makers.metBy(spec.path)) this.#join(node, id, 'file');
    const same = idOf('file', normalized(spec.path));
    if (this.#nodes.has(same)) this.#join(same, id, 'file');
  }

  /** Whatever order of stages is not said by what is consumed. */
  joinOrder(): void {
    for (const { stage, on } of stageDependencies(this.#project)) {
      const [from, to] = [idOf('stage', on), idOf('stage', stage)];
      if (this.#leadsTo(from, to)) continue;
      const before = this.#project.stages[on];
      this.#join(from, to, before !== undefined && roleOf(before).checks !== undefined ? 'check' : 'order');
    }
  }

  /** The node of a model by the text that refers to it; a name that is neither a stage nor in the registry is no model. */
  #joinModel(text: string | undefined, to: string, { path, kind }: { readonly path: Path; readonly kind: GraphEdgeKind }): void {
    const reference = text === undefined ? undefined : parseModelReference(text);
    if (text === undefined || reference === undefined) return;
    if (reference.kind === 'stage') {
      const model = idOf('model', reference.stage);
      if (this.#nodes.has(model)) this.#join(model, to, kind);
      return;
    }
    const known = idOf('registered', text);
    const node = this.#nodes.has(known)
      ? known
      : this.#add('registered', text, { detail: t('registered model'), place: this.#rangeOf(path) });
    this.#join(node, to, kind);
  }

  /** The file, or what makes it. */
  #joinFile(name: string, to: string, path: Path): void {
    const makers = this.#makers.metBy(name);
    for (const node of makers) this.#join(node, to, 'file');
    if (makers.length > 0) return;
    const file = this.#add('file', normalized(name), { detail: t('file'), place: this.#rangeOf(path), paths: [name] });
    this.#join(file, to, 'file');
  }

  /** Whether one stage comes before the other by something that it makes (and data sets made of that). */
  #leadsTo(from: string, to: string): boolean {
    const seen = new Set([from]);
    for (const current of seen) {
      const after = this.#after.get(current) ?? new Set<string>();
      if (after.has(to)) return true;
      for (const next of after) if (this.#nodes.get(next)?.kind !== 'stage') seen.add(next);
    }
    return false;
  }

  #add(kind: GraphNodeKind, name: string, details: Partial<Omit<GraphNode, 'id' | 'kind'>>): string {
    const id = idOf(kind, name);
    if (!this.#nodes.has(id)) this.#nodes.set(id, { ...bareNode(id, kind, name), ...details });
    return id;
  }

  #join(from: string, to: string, kind: GraphEdgeKind): void {
    const after = this.#after.get(from) ?? new Set<string>();
    if (from === to || after.has(to)) return;
    this.#after.set(from, after.add(to));
    this.#edges.push({ from, to, kind });
  }
}

function describeDataset({ path, query, where, during, holdout, except }: DatasetSpec): string | undefined {
  if (path !== undefined) return path;
  if (query !== undefined) return t('query');
  const window = Object.entries(during ?? {}).map(([name, value]) => `${name} ${value}`);
  const parts = [
    ...(holdout === undefined ? [] : [t('{share} held out', { share: formatShare(holdout.share) })]),
    ...(except === undefined ? [] : [t('without {dataset}', { dataset: except })]),
    ...window,
    ...(where === undefined ? [] : [where]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}
