/** Stands for the life of a process: as long as a real one. */
export const INCARNATION = 'abcdefgh.ijklmnop';
