import type { Need } from './needs.js';

export interface Route {
  readonly url: string;
  readonly segments: readonly string[];
  readonly methods: Map<string, Need | undefined>;
}

/** Every route the server has: which verbs a path answers to, and what each of them asks of a key. */
export class RouteTable {
  private readonly routes = new Map<string, Route>();

  add(methods: string | readonly string[], url: string, needs: Need | undefined): void {
    // the router has a colon that begins no parameter written twice
    const path = url.replaceAll('::', ':');
    const route = this.routes.get(path) ?? { url: path, segments: path.split('/'), methods: new Map() };
    for (const method of [methods].flat()) route.methods.set(method, needs);
    this.routes.set(path, route);
  }

  list(): readonly Route[] {
    return [...this.routes.values()];
  }

  /** So that a wrong verb is told apart from a wrong path. */
  allowed(path: string): readonly string[] {
    const asked = path.split('/');
    const fitting = this.list().filter(({ segments }) => fits(segments, asked));
    return [...new Set(fitting.flatMap(({ methods }) => [...methods.keys()]))].sort();
  }
}

function fits(segments: readonly string[], asked: readonly string[]): boolean {
  if (segments.length !== asked.length) return false;
  return segments.every((segment, at) => (segment.startsWith(':') ? asked[at] !== '' : segment === asked[at]));
}
