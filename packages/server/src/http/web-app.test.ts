import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webAppPlugin } from './web-app.ts';

let folder: string;
let app: FastifyInstance;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-web-'));
  const webDir = `${join(folder, 'dist')}/`;
  await mkdir(join(webDir, 'assets'), { recursive: true });
  await writeFile(join(webDir, 'index.html'), '<!doctype html><p>the app');
  await writeFile(join(webDir, 'icon.svg'), '<svg/>');
  await writeFile(join(webDir, 'assets', 'index-abc123.js'), 'export {}');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  app = Fastify();
  await app.register(webAppPlugin, { webDir, sharesTraces: false });
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});
const get = (url: string, of = app) => of.inject({ url, headers: { host: 'localhost' } });

describe('the web application', () => {
  it.each([
    '/',
    '/?project=demo',
    '/t/abc',
    '/t/run.2026.svg',
    '/sessions/x?q=1',
    '/sessions/chat.1',
    '/users/maria@example.com',
    '/compare/a/run.2',
  ])('serves the page for %s', async (url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('the app');
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-cache');
  });

  it('allows only scripts and resources of its own origin', async () => {
    const { headers } = await get('/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  });

  it('lets browsers cache files with a hash in their name forever, other files not', async () => {
    const asset = await get('/assets/index-abc123.js');
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(asset.headers['content-type']).toContain('javascript');
    expect((await get('/icon.svg')).headers['cache-control']).toBe('no-cache');
  });

  it.each([
    '/missing.js',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%00.js',
    '/%.js',
    '/assets/..%5c..%5csecret.txt',
  ])('has no file %s', async (url) => {
    const answer = await get(url);
    expect([400, 404]).toContain(answer.statusCode);
    expect(answer.body).not.toContain('secret\n');
    expect(answer.body).not.toContain('the app');
  });

  it.each(['/api/v2/traces', '/v1/nothing'])('does not serve the page for %s', async (url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'not-found' });
  });

  it('explains how to build it if it is missing', async () => {
    const bare = Fastify();
    await bare.register(webAppPlugin, { webDir: undefined, sharesTraces: false });
    const answer = await get('/', bare);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('npm run build');
    await bare.close();
  });
});
