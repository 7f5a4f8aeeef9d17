/** The colours of the page, resolved for drawing on a canvas, and told anew when the editor changes its theme. */
import { useSyncExternalStore } from 'react';

export interface Theme {
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  readonly line: string;
  /** Colours of series, in order. */
  readonly series: readonly [string, string, string, string];
  readonly fontFamily: string;
  readonly fontSize: number;
}

function readTheme(): Theme {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return style.color;
  };
  const theme: Theme = {
    background: colour('background'),
    foreground: colour('foreground'),
    muted: colour('muted'),
    line: colour('line'),
    series: [colour('accent'), colour('second'), colour('third'), colour('fourth')],
    fontFamily: style.fontFamily,
    fontSize: Number.parseFloat(style.fontSize),
  };
  probe.remove();
  return theme;
}

let current: Theme | undefined;

function subscribe(onChange: () => void): () => void {
  const refresh = (): void => {
    current = undefined;
    onChange();
  };
  const observer = new MutationObserver(refresh);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', refresh);
  return () => {
    observer.disconnect();
    scheme.removeEventListener('change', refresh);
  };
}

/** The theme now; the component renders again when it changes. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => (current ??= readTheme()));
}
