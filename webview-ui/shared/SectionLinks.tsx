/** Links to the sections of a long page, found in the page itself so that no list of them is kept. */
import { useEffect, useState } from 'react';
import { t } from '../../src/base/localize.ts';

interface SectionLink {
  readonly id: string;
  readonly title: string;
}

const fewest = 4;

export function SectionLinks() {
  const [links, setLinks] = useState<readonly SectionLink[]>([]);
  useEffect(() => {
    const headings = [...document.querySelectorAll<HTMLElement>('main section > h2[id], main section > details > summary[id]')];
    const found = headings.map(({ id, textContent }) => ({ id, title: textContent }));
    setLinks((shown) => (JSON.stringify(shown) === JSON.stringify(found) ? shown : found));
  });
  if (links.length < fewest) return null;
  return (
    <nav className="sections" aria-label={t('Sections')}>
      {links.map(({ id, title }) => (
        <a
          key={id}
          href={`#${id}`}
          onClick={(event) => {
            event.preventDefault(); // a webview's document is not at an address that a fragment could follow
            document.getElementById(id)?.scrollIntoView();
          }}
        >
          {title}
        </a>
      ))}
    </nav>
  );
}
