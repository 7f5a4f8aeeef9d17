/** Starts a page: translated texts first, then one root that renders every state. */
import { config } from '@vscode/l10n';
import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { readDataBlock } from './host.ts';
import './page.css';

/** @returns shows a state in the place of the one before */
export function startPage(): (content: ReactNode) => void {
  const texts = readDataBlock('texts');
  if (texts !== undefined) config({ contents: texts as Record<string, string> });
  const element = document.getElementById('page');
  if (element === null) throw new Error('the document has no element "page"');
  const root = createRoot(element);
  return (content) => {
    root.render(<StrictMode>{content}</StrictMode>);
  };
}
