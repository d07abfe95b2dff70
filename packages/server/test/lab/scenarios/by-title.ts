/** For `it.each`: the title by itself, then the scenario. */
export function byTitle<Scenario extends { title: string }>(scenarios: readonly Scenario[]): [string, Scenario][] {
  return scenarios.map((scenario) => [scenario.title, scenario])
}
