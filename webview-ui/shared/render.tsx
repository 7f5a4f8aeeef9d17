/** Starts a page: one root that renders every state. */
import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import './page.css';

/** @returns shows a state in the place of the one before */
export function startPage(): (content: ReactNode) => void {
  const element = document.getElementById('page');
  if (element === null) throw new Error('the document has no element "page"');
  const root = createRoot(element);
  return (content) => {
    root.render(<StrictMode>{content}</StrictMode>);
  };
}
