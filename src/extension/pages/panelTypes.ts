/** What the editor calls our pages, to bring them back after a reload. */
export const pages = {
  report: 'millwright.report',
  validation: 'millwright.validation',
  run: 'millwright.run',
  train: 'millwright.train',
  graph: 'millwright.graph',
} as const;
