import { createMemoryHistory, createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { expect, it } from 'vitest';
import { pathIds } from './path-id.ts';

const root = createRootRoute();
const page = createRoute({
  getParentRoute: () => root,
  path: '/sessions/$sessionId',
  params: pathIds('sessionId'),
});
const routerAt = (address: string) =>
  createRouter({
    routeTree: root.addChildren([page]),
    history: createMemoryHistory({ initialEntries: [address] }),
  });

async function idAt(address: string): Promise<string | undefined> {
  const router = routerAt(address);
  await router.load();
  const params = router.state.matches.at(-1)?.params;
  return params && 'sessionId' in params ? params.sessionId : undefined;
}

it.each([
  'a',
  '.',
  '..',
  '...',
  'line 1\nline 2',
  'a\r\n\tb\u0000',
  '\u202eabc\u2028',
  '%',
  '%2E',
  '%250A',
  'a/b//c',
  '//host.example',
  'x y?#&\\',
  ' é😀 ',
])('the address of a page leads to the id %j', async (id) => {
  const { href } = routerAt('/').buildLocation({ to: '/sessions/$sessionId', params: { sessionId: id } });
  // A browser resolves the address before the router reads it.
  const { pathname } = new URL(href, 'http://localhost');
  expect(pathname).toMatch(/^\/sessions\/[^/\s]+$/);
  expect(await idAt(pathname)).toBe(id);
});

it('addresses with a single percent sign are read too', async () => {
  expect(await idAt('/sessions/100%25')).toBe('100%');
});
