// The numbers of random tests, as those of the Go tests: run 1 unless SEED names another
// one, and another each time with SEED=0.
export function randomly() {
  const named = Number(process.env.SEED || 1);
  if (!Number.isSafeInteger(named) || named < 0) throw new Error(`SEED: ${process.env.SEED} is no number`);
  const seed = named || 1 + Math.trunc(Math.random() * 2 ** 31);
  let state = seed;
  const random = () => ((state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) / 0x7fffffff);
  return { seed, random };
}
