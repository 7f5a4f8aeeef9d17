/** Names that a hostile or careless project file may hold. */
import fc from 'fast-check';

const known = [
  '"]; click n0 call alert() "',
  '%%{init: {"theme": "dark"}}%%',
  '%% comment',
  '"`**bold**`"',
  '</title><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '&quot;&#34;#quot;#35;',
  'end',
  'subgraph x',
  'style n0 fill:#f00;',
  'classDef a:b#c;',
  'a --> b',
  'a\nn9["x"]',
  '---\ntitle: x\n---',
  '数据 集 🚀',
  'a\u202eb\u0000c\u001b[31m',
  'x'.repeat(500),
  '',
];

export const awkwardNames: fc.Arbitrary<string> = fc.oneof(fc.constantFrom(...known), fc.string({ unit: 'binary' }), fc.string());
