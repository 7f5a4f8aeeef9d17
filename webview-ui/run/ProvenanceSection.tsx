/** Where the run comes from, so that it can be found and made again. */
import { t } from '../../src/base/localize.ts';
import { inputPlace } from '../../src/protocol/inputPlace.ts';
import { CopyButton } from '../shared/CopyButton.tsx';
import { Provenance, type Fact } from '../shared/ReportFrame.tsx';
import type { RunPartProps } from './runParts.ts';
import { commitTag, sourceTag, userTag } from '../../src/protocol/tables/storedNames.ts';

export function ProvenanceSection({ view: { sheet }, actions: { copy } }: RunPartProps) {
  const { run } = sheet;
  const tag = (name: string): string | undefined => run.tags[name];
  const commit = tag(commitTag);
  const entries: Fact[] = [
    [t('Run'), <CopyButton key="run" text={run.id} what={t('the run id')} copy={copy} />],
    [t('Experiment'), run.experimentName],
    ...optional(t('User'), tag(userTag)),
    ...optional(t('Command'), tag(sourceTag)),
    ...(commit === undefined ? [] : [[t('Commit'), <CopyButton key="commit" text={commit} what={t('the commit')} copy={copy} />] as const]),
    ...run.models.map(({ name, id, role }): Fact => [
      role === 'input' ? t('Model read') : t('Model logged'),
      [name, id].filter(Boolean).join(' · '),
    ]),
    ...run.inputs.map(({ name, digest, context, ...input }): Fact => [
      context === undefined ? t('Data set') : t('Data set ({context})', { context }),
      <>
        {name} <span className="muted">{inputPlace(input)}</span>{' '}
        <CopyButton text={digest} what={t('the digest of the data set')} copy={copy} />
      </>,
    ]),
  ];
  return <Provenance entries={entries} />;
}

function optional(name: string, value: string | undefined): Fact[] {
  return value === undefined ? [] : [[name, value]];
}
