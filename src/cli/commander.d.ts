/** The types of commander that follow from the declared flags; at run time it is commander itself. */
declare module 'commander' {
  export * from '@commander-js/extra-typings';
}
