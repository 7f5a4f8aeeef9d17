/** Project files that are small to write and costly to read, by kind; the language server must answer all the same. */

const lines = (count: number, line: (index: number) => string): string => Array.from({ length: count }, (_, index) => line(index)).join('');
const list = (count: number, item: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => item(index)).join(', ');

const rows = 'datasets: {d: {path: d.csv}}\nfeatures: {f: {target: y, numeric: [a]}}\n';

export const bombs: Readonly<Record<string, () => string>> = {
  '10,000 stages': () => `name: x\nstages:\n${lines(10_000, (n) => `  s${n}: {run: "echo ${n}", outs: [o${n}]}\n`)}`,
  'stages in a chain of files': () => `name: x\nstages:\n${lines(10_000, (n) => `  s${n}: {run: e, outs: [o${n + 1}], deps: [o${n}]}\n`)}`,
  'stages in a chain of needs': () => `name: x\nstages:\n  s0: {run: e}\n${lines(9999, (n) => `  s${n + 1}: {run: e, needs: [s${n}]}\n`)}`,
  'a stage that needs 10,000': () =>
    `name: x\nstages:\n${lines(10_000, (n) => `  s${n}: {run: e}\n`)}  z: {run: e, needs: [${list(10_000, (n) => `s${n}`)}]}\n`,
  'each of many verdicts before each registration': () =>
    `name: x\n${rows}stages:\n  t: {uses: train, dataset: d, features: f}\n` +
    lines(4000, (n) => `  e${n}: {uses: evaluate, model: t, dataset: d}\n  r${n}: {uses: register, model: t, name: m, alias: c}\n`),
  'many checks of one data set': () =>
    `name: x\n${rows}stages:\n${lines(4000, (n) => `  v${n}: {uses: validate, dataset: d}\n  t${n}: {uses: train, dataset: d, features: f}\n`)}`,
  'thousands of misspelt names': () =>
    `name: x\nstages:\n${lines(9000, (n) => `  stage_number_${n}: {run: e, needs: [stage_nmber_${n}x]}\n`)}`,
  'a glob with many stars': () =>
    `name: x\nstages:\n  a: {run: e, outs: [${'a'.repeat(200)}]}\n  b: {run: e, deps: ["${'*a'.repeat(60)}b"]}\n`,
  'a glob of many alternatives': () => `name: x\nstages:\n  a: {run: e, outs: [o]}\n  b: {run: e, deps: ["${'{a,b}'.repeat(60)}"]}\n`,
  'many globs and many outputs': () =>
    `name: x\nstages:\n${lines(3000, (n) => `  s${n}: {run: e, outs: [o${n}], deps: ["**/*x${n}*"]}\n`)}`,
  'a path of many folders': () => `name: x\nstages: {s: {run: e, outs: [${'a/'.repeat(100_000)}b]}}\n`,

  'data sets in a chain': () =>
    `name: x\ndatasets:\n  d0: {path: d.csv, time: t}\n${lines(9999, (n) => `  d${n + 1}: {from: d${n}, during: {last: 3d}}\n`)}`,
  'queries of queries': () => `name: x\ndatasets:\n${lines(5000, (n) => `  d${n}: {query: "select * from d${n + 1} join d${n + 2}"}\n`)}`,
  '5,000 declared columns and features': () =>
    `name: x\ndatasets:\n  d:\n    path: d.csv\n    columns:\n${lines(5000, (n) => `      c${n}: {type: number}\n`)}` +
    `features: {f: {target: y, numeric: [${list(5000, (n) => `c${n}`)}]}}\nstages: {t: {uses: train, dataset: d, features: f}}\n`,
  '10,000 features of 2,000 stages': () =>
    `name: x\ndatasets: {d: {path: d.csv}}\nfeatures: {f: {target: y, numeric: [${list(10_000, (n) => `c${n}`)}]}}\n` +
    `stages:\n${lines(2000, (n) => `  t${n}: {uses: train, dataset: d, features: g}\n`)}`,
  'SQL of one word a million times': () => `name: x\ndatasets: {d: {path: d.csv, where: "${'a '.repeat(1_000_000)}"}}\n`,
  'SQL of opened comments': () => `name: x\ndatasets: {d: {path: d.csv, where: "${'/*'.repeat(200_000)}"}}\n`,
  'a sum of 100,000 terms': () => `name: x\nfeatures: {f: {target: y, numeric: {z: {value: "${'x + '.repeat(100_000)}x"}}}}\n`,

  '10 MB of a list': () => `name: x\nlist:\n${lines(1_000_000, (n) => `  - ${n}\n`)}`,
  'a scalar of 5 MB': () => `name: x\nparams: {s: "${'a'.repeat(5_000_000)}"}\n`,
  'a scalar as large as may be': () => `name: x\nparams: {s: "${'a'.repeat(3_900_000)}"}\n`,
  'blanks as many as may be': () => `name: x\nparams: {s: a}\n${' '.repeat(3_900_000)}`,
  'a block of 200,000 lines': () => `name: x\nx-a: |\n${'  a\n'.repeat(200_000)}`,
  '200,000 comments': () => `name: x\n${'#\n'.repeat(120_000)}`,

  '100,000 anchors': () => `name: x\nx-a: [${list(100_000, (n) => `&a${n} 1`)}]\nx-b: [${list(100_000, (n) => `*a${n} `)}]\n`,
  'as many anchors as may be': () => `name: x\nx-a: [${list(50_000, (n) => `&a${n} 1`)}]\nx-b: [${list(50_000, (n) => `*a${n} `)}]\n`,
  'merges of merges': () => `name: x\nx-a: &a {${list(1000, (n) => `k${n}: 1`)}}\nx-b:\n${lines(3000, (n) => `  m${n}: {<<: *a}\n`)}`,
  'aliases of aliases': () => `name: x\nx-0: &a0 [1, 1]\n${lines(40, (n) => `x-${n + 1}: &a${n + 1} [*a${n} , *a${n} ]\n`)}`,

  '100,000 brackets': () => `name: ${'['.repeat(100_000)}`,
  '60,000 pairs of brackets': () => `name: x\nx-a: [${'[],'.repeat(60_000)}]\n`,
  'mappings in mappings': () => `name: ${'{a: '.repeat(50_000)}`,
  'lists in lists': () => `name: x\nx-a:\n  ${'- '.repeat(100_000)}a\n`,
  'ever deeper lines': () => `name: x\nx-a:\n${lines(1900, (n) => `${' '.repeat(n + 1)}a:\n`)}`,
  'questions in questions': () => '? '.repeat(50_000),

  'references without quotes': () => `name: x\nparams: {${list(20_000, (n) => `a${n}: \${params.b${n}}`)}}\n`,
  'a chain of references': () => `name: x\nparams:\n${lines(10_000, (n) => `  a${n}: \${params.a${n + 1}}\n`)}  a10000: 1\n`,
  'references to what is not there': () =>
    `name: x\nparams:\n${lines(10_000, (n) => `  a${n}: 1\n`)}stages: {s: {run: [${list(10_000, (n) => `"\${params.zz${n}}"`)}]}}\n`,
  'references that grow': () =>
    `name: x\nparams:\n  a0: aaaaaaaaaa\n${lines(60, (n) => `  a${n + 1}: "\${params.a${n}}\${params.a${n}}"\n`)}`,
  'references never closed': () => `name: x\nparams: {a: "${'${'.repeat(200_000)}"}`,
  'references behind escapes': () => `name: x\nparams: {a: 1, b: "${'\\x24{params.a}'.repeat(50_000)}"}\n`,

  'an error in every line': () => `name: x\n${lines(50_000, (n) => `a${n}: [}\n`)}`,
  'half a million quotes': () => `name: ${'"'.repeat(240_000)}`,
  'tags without a meaning': () => `name: x\nx-a: [${list(50_000, (n) => `!t${n} a`)}]`,
  'one key again and again': () => `name: x\n${'a: 1\n'.repeat(50_000)}`,
  'keys that are none': () => ': \n'.repeat(100_000),
  'directives without end': () => '%A b\n'.repeat(100_000),
  'documents without end': () => '---\n'.repeat(60_000),
  'metrics that are none': () => `name: x\nstages: {e: {uses: evaluate, metrics: [${list(50_000, (n) => `roc${n}`)}]}}`,
  'settings that are none': () => `name: x\nstages: {e: {uses: train, ${list(20_000, (n) => `learning_rat${n}: 1`)}}}`,
};
