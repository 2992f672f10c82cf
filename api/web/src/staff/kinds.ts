import type { FindingKind } from '../types';

/** In the order of the rules. */
export const findingKinds: FindingKind[] = ['overdue', 'unchecked', 'no_hours', 'outside', 'area'];

export const sumOf = (counts: Record<FindingKind, number>, kind: FindingKind | null): number => (kind ? counts[kind] : findingKinds.reduce((n, one) => n + counts[one], 0));
