/** Measures of one ranked list. */
export interface Measures {
  ndcg10: number;
  recall20: number;
  mrr: number;
  success1: number;
  success10: number;
}

export const measureNames = ['ndcg10', 'recall20', 'mrr', 'success1', 'success10'] as const;

/** Discounted gain of grades in rank order, gain 2^grade - 1 (Burges et al. 2005). */
function discountedGain(grades: readonly number[]): number {
  return grades.reduce((sum, grade, at) => sum + (2 ** grade - 1) / Math.log2(at + 2), 0);
}

/**
 * Measures a list of ids, best first, against grades (above 0 is relevant). With `scope`, ids outside it have no
 * judgement and are dropped first, from the list and from the ideal. Repeated ids count once.
 */
export function measure(
  list: readonly string[],
  grades: ReadonlyMap<string, number>,
  scope?: ReadonlySet<string>,
): Measures {
  const judged = [...new Set(list)].filter((id) => scope?.has(id) ?? true);
  const relevant = [...grades].filter(([id, grade]) => grade > 0 && (scope?.has(id) ?? true));
  if (relevant.length === 0) return { ndcg10: 0, recall20: 0, mrr: 0, success1: 0, success10: 0 };
  const ideal = relevant.map(([, grade]) => grade).sort((a, b) => b - a);
  const gradeOf = (id: string) => grades.get(id) ?? 0;
  const first = judged.findIndex((id) => gradeOf(id) > 0);
  return {
    ndcg10: discountedGain(judged.slice(0, 10).map(gradeOf)) / discountedGain(ideal.slice(0, 10)),
    recall20: judged.slice(0, 20).filter((id) => gradeOf(id) > 0).length / Math.min(20, relevant.length),
    mrr: first < 0 ? 0 : 1 / (first + 1),
    success1: first === 0 ? 1 : 0,
    success10: first >= 0 && first < 10 ? 1 : 0,
  };
}

/** Mean of each measure; zeros for no measures at all. */
export function meanOf(all: readonly Measures[]): Measures {
  const mean = (name: keyof Measures) =>
    all.reduce((sum, one) => sum + one[name], 0) / Math.max(1, all.length);
  return {
    ndcg10: mean('ndcg10'),
    recall20: mean('recall20'),
    mrr: mean('mrr'),
    success1: mean('success1'),
    success10: mean('success10'),
  };
}
