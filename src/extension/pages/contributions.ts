/** The commands that open the pages. */
import type * as vscode from 'vscode';
import { offeredFiles } from '../../protocol/tables/fileFormats.ts';
import { projectFileName } from '../../protocol/tables/storedNames.ts';
import { inView } from '../host/conditions.ts';
import { command } from '../host/contributionRows.ts';
import type { ModelVersionItem, PipelineItem, ReportReference, RunItem, RunReference, StageReference } from '../host/treeItems.ts';

export const evaluationCommands = {
  'millwright.report.open': command<[item?: PipelineItem | RunItem | ModelVersionItem | ReportReference]>({
    title: 'Open Evaluation Report',
    icon: 'graph',
    needs: 'nothing',
    menus: [
      { menu: 'view/item/context', when: [inView('pipelines'), 'viewItem == stage.evaluated'], group: 'inline@1' },
      { menu: 'view/item/context', when: [inView('pipelines'), 'viewItem == stage.evaluated'], group: '2_open@1' },
      { menu: 'view/item/context', when: [inView('experiments'), 'viewItem == run.evaluated'], group: 'inline@1' },
      { menu: 'view/item/context', when: [inView('experiments'), 'viewItem == run.evaluated'], group: '1_open@2' },
      { menu: 'view/item/context', when: [inView('models'), 'viewItem == version.evaluated'], group: 'inline@1' },
      { menu: 'view/item/context', when: [inView('models'), 'viewItem == version.evaluated'], group: '1_open@1' },
    ],
  }),
};

export const exportCommands = {
  'millwright.report.export': command({
    title: 'Export Report as HTML…',
    icon: 'export',
    needs: 'millwright.report.active',
    menus: [{ menu: 'editor/title', when: ['millwright.report.active'], group: 'navigation@1' }],
  }),
};

export const validationCommands = {
  'millwright.validation.open': command<[item?: PipelineItem | StageReference]>({
    title: 'Open Validation Report',
    icon: 'checklist',
    needs: 'nothing',
    menus: [
      { menu: 'view/item/context', when: [inView('pipelines'), 'viewItem == stage.checked'], group: 'inline@1' },
      { menu: 'view/item/context', when: [inView('pipelines'), 'viewItem == stage.checked'], group: '2_open@1' },
    ],
  }),
};

export const graphCommands = {
  'millwright.graph.open': command<[item?: PipelineItem | vscode.Uri]>({
    title: 'Open Pipeline Graph',
    icon: 'type-hierarchy',
    needs: 'nothing',
    menus: [
      { menu: 'view/title', when: [inView('pipelines'), 'millwright.project.present'], group: 'navigation@2' },
      { menu: 'view/item/context', when: [inView('pipelines'), 'viewItem =~ /^project/'], group: 'inline@2' },
      { menu: 'view/item/context', when: [inView('pipelines'), 'viewItem =~ /^project/'], group: '2_open@1' },
      { menu: 'editor/title', when: [`resourceFilename == ${projectFileName}`, 'millwright.project.present'], group: 'navigation@2' },
    ],
  }),
};

export const trainCommands = {
  'millwright.project.train': command<[file?: vscode.Uri]>({
    title: 'Train a Model from This File…',
    icon: 'mortar-board',
    needs: 'isWorkspaceTrusted',
    menus: [
      { menu: 'view/title', when: [inView('pipelines'), 'isWorkspaceTrusted'], group: '2_create@1' },
      {
        menu: 'explorer/context',
        when: ['resourceScheme == file', `resourceFilename =~ /${offeredFiles}/i`, 'isWorkspaceTrusted'],
        group: '7_millwright@1',
      },
    ],
  }),
};

export const runPageCommands = {
  'millwright.run.open': command<[item?: RunItem | PipelineItem | ModelVersionItem | RunReference]>({
    title: 'Open Run',
    icon: 'graph-line',
    needs: 'nothing',
    menus: [
      { menu: 'view/item/context', when: [inView('experiments'), 'viewItem =~ /^run/'], group: '1_open@1' },
      { menu: 'view/item/context', when: [inView('models'), 'viewItem == version.evaluated'], group: '1_open@2' },
    ],
  }),
};
