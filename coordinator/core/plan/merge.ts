// Ways of several targets, brought into one list of steps.

/** Who takes which of the steps: `steps[i]` is taken by the routes in `takers[i]`. */
export type Merged = { readonly transition: string; readonly takers: ReadonlySet<number> }[];

/**
 * One list of transitions in which each route stands as a subsequence. `base` (for a sequence: its own
 * transitions) comes first; a route that does not fit into what is there is appended.
 */
export function mergeRoutes(routes: readonly (readonly string[])[], base: readonly string[] = []): Merged {
  const steps: { transition: string; takers: Set<number> }[] = base.map((transition) => ({
    transition,
    takers: new Set(),
  }));
  const longestFirst = routes
    .map((route, index) => ({ route, index }))
    .sort((a, b) => b.route.length - a.route.length);
  for (const { route, index } of longestFirst) {
    const places = fit(
      steps.map((step) => step.transition),
      route,
    );
    if (places !== undefined) for (const place of places) steps[place]?.takers.add(index);
    else for (const transition of route) steps.push({ transition, takers: new Set([index]) });
  }
  return steps.filter((step) => step.takers.size > 0);
}

/** Places of `route` in `steps`, as late as possible, so that who is ahead waits for who is behind. */
function fit(steps: readonly string[], route: readonly string[]): readonly number[] | undefined {
  const places: number[] = [];
  let end = steps.length;
  for (const transition of route.toReversed()) {
    const place = steps.lastIndexOf(transition, end - 1);
    if (end === 0 || place === -1) return undefined;
    places.push(place);
    end = place;
  }
  return places.reverse();
}
