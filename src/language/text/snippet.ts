/** Text with places to jump to, in the notation of the Language Server Protocol. */

/** The text so that a snippet takes it literally. */
export function escapeSnippet(text: string): string {
  return text.replace(/[$}\\]/g, '\\$&');
}

/** What a snippet inserts in an editor that has no snippets: the first choice, the default, or nothing. */
export function withoutPlaceholders(snippet: string): string {
  return snippet
    .replace(/\$\{\d+\|((?:\\.|[^,|\\])*)[^}]*\|\}/g, '$1')
    .replace(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, '$1')
    .replace(/(?<!\\)\$\d+/g, '')
    .replace(/\\([$}\\,|])/g, '$1');
}
