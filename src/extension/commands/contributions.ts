/** Commands that run, change and look after things, and the task that runs a pipeline in a terminal. */
import { projectFileName } from '../../protocol/tables/storedNames.ts';
import { inView } from '../host/conditions.ts';
import { command, type TaskType } from '../host/contributionRows.ts';
import type { ModelVersionItem, PipelineItem, RunItem, StageReference } from '../host/treeItems.ts';

const trusted = 'isWorkspaceTrusted';

export const pipelineCommands = {
  'millwright.pipeline.run': command<[item?: PipelineItem]>({
    title: 'Run Pipeline',
    icon: 'run-all',
    needs: trusted,
    menus: [
      {
        menu: 'view/title',
        when: [inView('pipelines'), 'millwright.project.present', '!millwright.job.running', trusted],
        group: 'navigation@1',
      },
      { menu: 'view/item/context', when: [inView('pipelines'), 'viewItem == project.idle', trusted], group: 'inline@1' },
      { menu: 'view/item/context', when: [inView('pipelines'), 'viewItem == project.idle', trusted], group: '1_run@1' },
      {
        menu: 'editor/title',
        when: [`resourceFilename == ${projectFileName}`, 'millwright.project.present', trusted],
        group: 'navigation@1',
      },
    ],
  }),
  'millwright.stage.run': command<[item?: PipelineItem | StageReference]>({
    title: 'Run Stage',
    icon: 'play',
    needs: trusted,
    menus: [
      { menu: 'view/item/context', when: [inView('pipelines'), 'viewItem =~ /^stage/', trusted], group: 'inline@2' },
      { menu: 'view/item/context', when: [inView('pipelines'), 'viewItem =~ /^stage/', trusted], group: '1_run@1' },
    ],
  }),
  'millwright.stage.runFrom': command<[item?: PipelineItem | StageReference]>({
    title: 'Run from Here',
    icon: 'run-below',
    needs: trusted,
    menus: [{ menu: 'view/item/context', when: [inView('pipelines'), 'viewItem =~ /^stage/', trusted], group: '1_run@2' }],
  }),
  'millwright.job.stop': command<[item?: PipelineItem]>({
    title: 'Stop Job',
    icon: 'debug-stop',
    needs: trusted,
    menus: [
      { menu: 'view/title', when: [inView('pipelines'), 'millwright.job.running', trusted], group: 'navigation@1' },
      { menu: 'view/item/context', when: [inView('pipelines'), 'viewItem =~ /^(job|project)\\.running$/', trusted], group: 'inline@1' },
    ],
  }),
  'millwright.job.showLog': command<[item?: PipelineItem]>({
    title: 'Show Job Log',
    icon: 'output',
    needs: 'nothing',
    menus: [{ menu: 'view/item/context', when: [inView('pipelines'), 'viewItem == job.running'], group: 'inline@2' }],
  }),
  'millwright.project.open': command<[item?: PipelineItem | StageReference]>({
    title: 'Open Project File',
    icon: 'go-to-file',
    needs: 'nothing',
    menus: [{ menu: 'view/item/context', when: [inView('pipelines'), 'viewItem =~ /^(stage|project)/'], group: '2_open@2' }],
  }),
};

export const trialCommands = {
  'millwright.pipeline.trySample': command<[item?: PipelineItem]>({
    title: 'Try on a Sample…',
    needs: trusted,
    menus: [{ menu: 'view/item/context', when: [inView('pipelines'), 'viewItem == project.idle', trusted], group: '1_run@2' }],
  }),
};

export const registryCommands = {
  'millwright.alias.set': command<[item?: ModelVersionItem]>({
    title: 'Set Alias…',
    icon: 'tag',
    needs: trusted,
    menus: [
      { menu: 'view/item/context', when: [inView('models'), 'viewItem =~ /^version/', trusted], group: 'inline@2' },
      { menu: 'view/item/context', when: [inView('models'), 'viewItem =~ /^version/', trusted], group: '2_alias@1' },
    ],
  }),
  'millwright.alias.delete': command<[item?: ModelVersionItem]>({
    title: 'Remove Alias',
    icon: 'trash',
    needs: trusted,
    inPalette: false,
    menus: [{ menu: 'view/item/context', when: [inView('models'), 'viewItem == alias', trusted], group: 'inline@1' }],
  }),
  'millwright.run.copyId': command<[item?: RunItem]>({
    title: 'Copy Run ID',
    icon: 'copy',
    needs: 'nothing',
    menus: [{ menu: 'view/item/context', when: [inView('experiments'), 'viewItem =~ /^run/'], group: '2_copy@1' }],
  }),
};

export const generalCommands = {
  'millwright.view.refresh': command({
    title: 'Refresh',
    icon: 'refresh',
    needs: 'nothing',
    menus: [{ menu: 'view/title', when: ['view =~ /^millwright\\./'], group: 'navigation@9' }],
  }),
  'millwright.output.show': command({
    title: 'Show Output',
    icon: 'output',
    needs: 'nothing',
    menus: [{ menu: 'view/title', when: [inView('pipelines')], group: '3_machine@2' }],
  }),
  'millwright.doctor.run': command({
    title: 'Check This Machine',
    icon: 'pulse',
    needs: trusted,
    menus: [{ menu: 'view/title', when: [inView('pipelines'), trusted], group: '3_machine@1' }],
  }),
  'millwright.server.restart': command({
    title: 'Restart Engine and Language Server',
    icon: 'debug-restart',
    needs: 'nothing',
    menus: [{ menu: 'view/title', when: [inView('pipelines')], group: '3_machine@3' }],
  }),
};

export const tasks = {
  millwright: {
    properties: {
      project: { type: 'string', description: 'The folder of millwright.yaml, relative to the workspace folder.', default: '.' },
      stages: { type: 'array', items: { type: 'string' }, description: 'The stages to run. Left out: the whole pipeline.' },
      sample: {
        type: 'integer',
        minimum: 1,
        description: 'Try the stages on so many rows of each data set; nothing is registered.',
      },
    },
    problems: {
      label: 'Problems in millwright.yaml',
      pattern: {
        regexp: '^(.+\\.ya?ml):(\\d+):(\\d+): (error|warning): (.*)$',
        file: 1,
        line: 2,
        column: 3,
        severity: 4,
        message: 5,
      },
    },
  },
} satisfies Readonly<Record<string, TaskType>>;
