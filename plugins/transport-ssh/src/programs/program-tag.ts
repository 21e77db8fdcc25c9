/** Begins the word by which a far program announces itself on standard error. */
export const programTag = 'farsim-program-';
