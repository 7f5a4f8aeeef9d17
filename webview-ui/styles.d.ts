/** Styles that a page imports: the bundler collects them, the code sees nothing of them. */
declare module '*.css';
