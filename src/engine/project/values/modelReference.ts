/** What the text under `model`, `baseline` and `beats` means. */

export type ModelReference =
  | { readonly kind: 'stage'; readonly stage: string }
  | { readonly kind: 'alias'; readonly model: string; readonly alias: string }
  | { readonly kind: 'version'; readonly model: string; readonly version: number };

/**
 * `train` is a stage, `flights@champion` a registered model by alias, `flights/3` by version.
 * Undefined when the text is none of these: an empty name or alias, or a version that is not a whole number from 1.
 */
export function parseModelReference(text: string): ModelReference | undefined {
  const at = text.lastIndexOf('@');
  if (at >= 0) {
    const [model, alias] = [text.slice(0, at), text.slice(at + 1)];
    return model !== '' && /^[A-Za-z][\w-]*$/.test(alias) ? { kind: 'alias', model, alias } : undefined;
  }
  const slash = text.lastIndexOf('/');
  if (slash >= 0) {
    const [model, version] = [text.slice(0, slash), text.slice(slash + 1)];
    return model !== '' && /^[1-9]\d{0,8}$/.test(version) ? { kind: 'version', model, version: Number(version) } : undefined;
  }
  return text === '' ? undefined : { kind: 'stage', stage: text };
}
