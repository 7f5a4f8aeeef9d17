/** The HTML document around a page, for webviews and for exported files: one policy, no inline script that it does not name. */
import { packNumbers } from './pageNumbers.ts';

export interface PageDocument {
  readonly title: string;
  /** BCP 47, for example `en`. */
  readonly language: string;
  /** The value of `script-src`: a nonce (`'nonce-…'`) or a hash (`'sha256-…'`), quotes included. */
  readonly scriptSource: string;
  /** The value of `style-src`: the webview's `cspSource`, a nonce or a hash. */
  readonly styleSource: string;
  /** What may be read as font: the webview's `cspSource`, or `'none'`. */
  readonly fontSource: string;
  /** Elements of the head as HTML: the style or its link. Written by us, never from data. */
  readonly head: string;
  /** Elements at the end of the body as HTML: data blocks and the script. Data must come through {@link dataBlock}. */
  readonly scripts: string;
}

/** A whole HTML document with `<main id="page">` for the page to render into. */
export function pageDocument(document: PageDocument): string {
  const policy = [
    "default-src 'none'",
    `script-src ${document.scriptSource}`,
    `style-src ${document.styleSource}`,
    `font-src ${document.fontSource}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="${escapeHtml(document.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(document.title)}</title>
${document.head}
</head>
<body>
<main id="page"></main>
${document.scripts}
</body>
</html>
`;
}

export interface WebviewPage {
  readonly title: string;
  readonly language: string;
  /** Fresh and unguessable for every document. */
  readonly nonce: string;
  /** `webview.cspSource`. */
  readonly cspSource: string;
  /** `webview.asWebviewUri` of `dist/pages/<name>.js` and `.css`. */
  readonly scriptUri: string;
  readonly styleUri: string;
  /** Translated texts by their English ones (the l10n bundle); leave out for English. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** The document of a page inside a webview; its data arrive as messages. */
export function webviewDocument(page: WebviewPage): string {
  return pageDocument({
    title: page.title,
    language: page.language,
    scriptSource: `'nonce-${page.nonce}'`,
    styleSource: page.cspSource,
    fontSource: page.cspSource,
    head: `<link rel="stylesheet" href="${escapeHtml(page.styleUri)}">`,
    scripts: `${page.texts === undefined ? '' : dataBlock('texts', page.texts)}<script nonce="${escapeHtml(page.nonce)}" src="${escapeHtml(page.scriptUri)}"></script>`,
  });
}

/** A value as a JSON block that the page reads by its id; nothing in it can end the block or start another. */
export function dataBlock(id: string, value: unknown): string {
  const json = JSON.stringify(packNumbers(value)).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `<script type="application/json" id="${escapeHtml(id)}">${json}</script>`;
}

/** Text for element content and quoted attributes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
