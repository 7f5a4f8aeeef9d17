/** A text of which only the start is shown, with a button that copies the whole. */
import { useEffect, useState } from 'react';
import { t } from '../../src/base/localize.ts';

export interface CopyButtonProps {
  readonly text: string;
  /** What it is, for the button's accessible name. */
  readonly what: string;
  readonly copy: (text: string) => Promise<unknown>;
}

export function CopyButton({ text, what, copy }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => {
      setCopied(false);
    }, 1500);
    return () => {
      clearTimeout(timer);
    };
  }, [copied]);
  return (
    <span className="copyable">
      <code title={text}>{text.length > 14 ? `${text.slice(0, 12)}…` : text}</code>{' '}
      <button
        type="button"
        className="plain"
        aria-label={t('Copy {what}', { what })}
        onClick={() => {
          void copy(text).then(
            () => {
              setCopied(true);
            },
            () => undefined, // no clipboard here: the title shows the whole text
          );
        }}
      >
        {copied ? t('Copied') : t('Copy')}
      </button>
    </span>
  );
}
