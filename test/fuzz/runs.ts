/** How many cases a property is tried with: `FUZZ_RUNS=20` tries twenty times as many. */
export function runs(usual: number): { readonly numRuns: number } {
  return { numRuns: Math.ceil(usual * Number(process.env.FUZZ_RUNS ?? 1)) };
}
