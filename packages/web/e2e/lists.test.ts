import { eventually } from '@throughline/tests/eventually';
import { waitFor } from '@throughline/tests/wait-for';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { launchBrowser, openPage, type WatchedPage } from './support/browser.ts';
import {
  expectAddress,
  expectAttribute,
  expectCount,
  expectText,
  expectTexts,
} from './support/expect-page.ts';
import { newTraceId, type TestSpan } from './support/otlp.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { HOSTILE } from './support/traces.ts';

let server: TestServer;
let browser: Browser;
let opened: WatchedPage | undefined;

const MINUTE = 60_000;
const COUNT = 120;
const LONG = `session-${'x'.repeat(192)}`;
const toolId = newTraceId();

/** A trace of a session: a model call with costs, and in every third trace a tool that fails. */
function conversation(number: number): TestSpan[] {
  const root = `00000000000000a${number % 10}`;
  const labels = {
    'session.id': number === 3 ? LONG : `s${number % 4}`,
    'user.id': `u${number % 2}`,
    'customer.tier': number % 2 === 0 ? 'gold' : 'free',
  };
  return [
    { name: `turn ${number}`, id: root, durationMs: 900, attributes: labels },
    {
      name: `chat ${number}`,
      parent: root,
      startMs: 10,
      durationMs: 400 + number,
      attributes: {
        ...labels,
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': number % 2 === 0 ? 'gpt-4o' : 'gpt-4o-mini',
        'gen_ai.usage.input_tokens': 1000 + number,
        'gen_ai.usage.output_tokens': 10,
        'gen_ai.input.messages': JSON.stringify([
          { role: 'user', parts: [{ type: 'text', content: `Question ${number}` }] },
        ]),
        'gen_ai.output.messages': JSON.stringify([
          { role: 'assistant', parts: [{ type: 'text', content: `Answer ${number}` }] },
        ]),
      },
    },
    ...(number % 3 === 0
      ? [
          {
            name: 'lookup',
            parent: root,
            startMs: 450,
            durationMs: 20,
            attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'lookup' },
            error: 'not found',
          },
        ]
      : []),
  ];
}

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  const now = Date.now();
  await server.sendAll(
    Array.from({ length: COUNT }, (_, number) => ({
      spans: conversation(number),
      startedAt: now - (number + 1) * MINUTE,
    })),
  );
  await server.send([{ name: 'scored', id: '00000000000000b1', durationMs: 5 }], {
    project: 'scores',
    traceId: toolId,
  });
  const scores = [
    { traceId: toolId, name: 'helpful', value: true, source: 'human', comment: 'Solved it at once.' },
    {
      traceId: toolId,
      spanId: '00000000000000b1',
      name: 'faithfulness',
      value: 0.42,
      source: 'llm',
      evaluator: 'ragas',
    },
    { traceId: toolId, name: 'faithfulness', value: 0.91, source: 'llm', evaluator: 'ragas' },
    { sessionId: 's1', name: 'mood', value: 'angry', source: 'human' },
  ];
  const response = await fetch(`${server.url}/api/v1/scores?project=scores`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(scores),
  });
  expect(response.status).toBe(200);
  await waitFor('the scores', async () => {
    const listed = await fetch(`${server.url}/api/v1/scores?project=scores`);
    return ((await listed.json()) as { scores: unknown[] }).scores.length === scores.length;
  });
});

afterEach(async () => {
  const faults = opened?.faults ?? [];
  await opened?.context.close();
  opened = undefined;
  expect(faults).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function open(path: string): Promise<Page> {
  opened = await openPage(browser, `${server.url}${path}`);
  return opened.page;
}

const rows = (page: Page) => page.locator('[data-row]');
const cell = (page: Page, row: number, column: string) =>
  rows(page).nth(row).locator(`[data-column="${column}"]`);
const headers = (page: Page) => page.getByRole('columnheader');

describe('the list of spans', () => {
  it('shows every span, with quick choices for calls of models and tools', async () => {
    const page = await open('/spans?project=demo');
    await rows(page).first().waitFor();
    const kinds = page.getByRole('navigation', { name: 'Kinds of spans' });
    await expectTexts(kinds.locator('[aria-pressed="true"]')).toEqual(['All']);
    await kinds.getByRole('button', { name: 'Model calls' }).click();
    await expectAddress(page).toBe('/spans?project=demo&q=kind:llm');
    await expectTexts(kinds.locator('[aria-pressed="true"]')).toEqual(['Model calls']);
    await expectText(cell(page, 0, 'name')).toBe('chat 0');
    await expectText(cell(page, 0, 'model')).toBe('gpt-4o');
    await expectText(cell(page, 0, 'preview')).toBe('Question 0 → Answer 0');
    await expectText(cell(page, 0, 'tokens')).toBe('1,010');
    await expectText(cell(page, 0, 'duration')).toBe('400 ms');
    await kinds.getByRole('button', { name: 'Tool calls' }).click();
    await expectText(cell(page, 0, 'name')).toBe('lookup');
    await expectAttribute(rows(page).first().getByRole('img').first(), 'aria-label').toBe('error');
    await kinds.getByRole('button', { name: 'Retrievals' }).click();
    await page.getByRole('heading', { name: 'No span passes the filter' }).waitFor();
    await page.getByRole('link', { name: 'Remove kind:retriever 100 or more spans' }).click();
    await rows(page).first().waitFor();
  });

  it('opens the trace at the span, and Back returns to the row', async () => {
    const page = await open('/spans?project=demo&q=kind:llm');
    await rows(page).first().waitFor();
    for (let i = 0; i < 41; i += 1) await page.keyboard.press('j');
    await page.locator('[data-active]', { hasText: 'chat 40' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/t\/[0-9a-f]{32}\?.*span=[0-9a-f]{16}/);
    await page.getByRole('heading', { name: 'chat 40' }).waitFor();
    await page.goBack();
    await page.locator('[data-active]', { hasText: 'chat 40' }).waitFor();
  });

  it('sorts by every number in both directions', async () => {
    const page = await open('/spans?project=demo&q=kind:llm');
    await rows(page).first().waitFor();
    await page.getByRole('button', { name: 'Tokens' }).click();
    await expectText(cell(page, 0, 'name')).toBe(`chat ${COUNT - 1}`);
    await page.getByRole('button', { name: 'Tokens' }).click();
    await page.waitForURL(/sort=totalTokens/);
    await expectText(cell(page, 0, 'name')).toBe('chat 0');
    await expectAttribute(page.getByRole('columnheader', { name: 'Tokens' }), 'aria-sort').toBe('ascending');
  });

  it('holds new spans back behind a button', async () => {
    await server.send([{ name: 'first', durationMs: 5 }], { project: 'live' });
    const page = await open('/spans?project=live');
    await page.getByRole('link', { name: 'first' }).waitFor();
    await server.send(
      [
        { name: 'second', durationMs: 5 },
        { name: 'third', durationMs: 5 },
      ],
      { project: 'live' },
    );
    await page.getByRole('button', { name: '2 new' }).click();
    await page.getByRole('link', { name: 'third' }).waitFor();
  });

  it('has facets that count spans', async () => {
    const page = await open('/spans?project=demo');
    await rows(page).first().waitFor();
    await page.keyboard.press('f');
    const status = page.getByRole('list', { name: 'Status', exact: true }).getByRole('listitem');
    await expectTexts(status).toEqual(['unset 240', 'error 40']);
    await page.getByRole('link', { name: 'error 40' }).click();
    await expectAddress(page).toBe('/spans?project=demo&q=status:error');
    await expectText(cell(page, 0, 'name')).toBe('lookup');
  });

  it('shows the error of a filter that only traces have', async () => {
    const page = await open('/spans?project=demo&q=errors>0');
    await page.getByRole('heading', { name: 'This filter cannot be understood' }).waitFor();
    await page.getByRole('link', { name: 'Remove the filter' }).click();
    await rows(page).first().waitFor();
  });
});

describe('sessions and users', () => {
  it('show totals over their traces, and lead to the session', async () => {
    const page = await open('/sessions?project=demo');
    await rows(page).first().waitFor();
    await page.getByRole('button', { name: 'Traces', exact: true }).click();
    await page.waitForURL(/sort=-traceCount/);
    await expectTexts(page.locator('[data-row] [data-column="traceCount"]')).toEqual([
      '30',
      '30',
      '30',
      '29',
      '1',
    ]);
    const third = page.locator('[data-row="s3"]');
    await expectText(third.locator('[data-column="traceCount"]')).toBe('29');
    await expectText(third.locator('[data-column="errorCount"]')).toBe('9');
    await third.getByRole('link', { name: 's3' }).click();
    await expectAddress(page).toBe('/sessions/s3?project=demo');
    await page.goBack();
    await page.locator('[data-row="s3"]').waitFor();
  });

  it('count only the traces that pass the filter', async () => {
    const page = await open('/users?project=demo&q=kind:tool');
    await rows(page).first().waitFor();
    await expectTexts(page.locator('[data-row] [data-column="user"]')).toEqual(['u0', 'u1']);
    await expectTexts(page.locator('[data-row] [data-column="traceCount"]')).toEqual(['20', '20']);
    await expectText(cell(page, 0, 'preview')).toBe('Question 0 → Answer 0');
    await rows(page).first().getByRole('link', { name: 'u0' }).click();
    await expectAddress(page).toBe('/users/u0?project=demo');
  });
});

const conversationOf = (page: Page) => page.getByRole('region', { name: 'Conversation' });
const turns = (page: Page) => conversationOf(page).getByRole('listitem').and(page.locator('[data-turn]'));

describe('the page of a session', () => {
  it('shows the conversation in its order, with tools and survived failures, and opens traces', async () => {
    const page = await open('/sessions/s1?project=demo');
    await turns(page).first().waitFor();
    await expectText(page.locator('main')).toContain('Turns 30');
    await expectText(page.locator('main')).toContain('No turn failed, despite 10 failed steps.');
    await expectText(turns(page).first()).toContain('User Question 117 1 tool call: lookup');
    await expectText(turns(page).first()).toContain('lookup failed: not found');
    await expectText(turns(page).first()).toContain('Assistant Answer 117');
    await page.getByLabel('Order of the turns').selectOption('-startTime');
    await expectAddress(page).toBe('/sessions/s1?project=demo&sort=-startTime');
    await expectText(turns(page).first()).toContain('Question 1 Assistant Answer 1');
    await turns(page).first().getByRole('link', { name: 'turn 1' }).click();
    await page.getByRole('treegrid').waitFor();
    await page.getByRole('link', { name: 's1', exact: true }).click();
    await expectAddress(page).toBe('/sessions/s1?project=demo');
  });

  it('is read and opened with the keyboard', async () => {
    const page = await open('/sessions?project=demo&sort=-traceCount');
    await rows(page).first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await turns(page).first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await expectCount(page.locator('[data-turn][data-active]')).toBe(1);
    const active = page.locator('[data-turn][data-active]');
    const second = await turns(page).nth(1).getAttribute('data-turn');
    await expectAttribute(active, 'data-turn').toBe(second);
    await page.keyboard.press('e');
    await expectText(active).toContain('lookup failed');
    const traceId = await active.getAttribute('data-turn');
    await page.keyboard.press('Enter');
    await page.getByRole('treegrid').waitFor();
    await expectAddress(page).toContain(`/t/${traceId}`);
  });

  it('loads a thousand turns while the reader scrolls, and keeps new ones back', async () => {
    const now = Date.now();
    const say = (text: string) => ({ 'session.id': 'talk/?#%', 'input.value': text, 'user.id': 'talker' });
    await server.sendAll(
      Array.from({ length: 1000 }, (_, number) => ({
        spans: [{ name: 'say', durationMs: 5, attributes: say(`Line ${number}`) }],
        startedAt: now - 3_600_000 + number * 1000,
      })),
      'talk',
    );
    const page = await open(`/sessions/${encodeURIComponent('talk/?#%')}?project=talk`);
    await turns(page).first().waitFor();
    await expectCount(turns(page)).toBe(30);
    await expectText(page.locator('main')).toContain('Turns 1,000');
    await conversationOf(page).focus();
    await eventually('turns after scrolling to the end', async () => {
      await page.keyboard.press('End');
      return turns(page).count();
    }).toBeGreaterThan(150);
    await server.send([{ name: 'say', durationMs: 5, attributes: say('One more') }], { project: 'talk' });
    await page.getByRole('button', { name: 'New turns' }).click();
    await expectText(page.locator('main')).toContain('Turns 1,001');
  });

  it('opens from the list whatever characters its id has', async () => {
    const ids = ['.', '..', 'line 1\nline 2', '100% / %2E'];
    for (const [number, id] of ids.entries())
      await server.send([{ name: `turn ${number}`, durationMs: 5, attributes: { 'session.id': id } }], {
        project: 'odd',
      });
    const page = await open('/sessions?project=odd');
    for (const [number] of ids.entries()) {
      await expectCount(rows(page)).toBe(ids.length);
      await cell(page, ids.length - 1 - number, 'session')
        .getByRole('link')
        .first()
        .click();
      await expectText(turns(page).first()).toContain(`turn ${number}`);
      await page.reload();
      await expectText(turns(page).first()).toContain(`turn ${number}`);
      await page.goto(`${server.url}/sessions?project=odd`);
    }
  });

  it('has room for names of 200 characters, and says so if there is no such session', async () => {
    opened = await openPage(browser, `${server.url}/sessions/${LONG}?project=demo`, {
      viewport: { width: 390, height: 844 },
    });
    const { page } = opened;
    await turns(page).first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await page.goto(`${server.url}/sessions/nobody%2Fhere?project=demo`);
    await page.getByRole('heading', { name: 'Session not found in demo' }).waitFor();
    await expectText(page.locator('main')).toContain('nobody/here');
    await page.getByRole('link', { name: 'All sessions' }).click();
    await rows(page).first().waitFor();
  });

  it('has no accessibility violations', async () => {
    const page = await open('/sessions/s1?project=demo');
    await turns(page).first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
  });
});

it('hostile content does nothing on the pages of sessions, users and conversations', async () => {
  const name = `</script>${HOSTILE.split('\n')[0]}`;
  const say = (role: string, content = HOSTILE) => [{ role, parts: [{ type: 'text', content }] }];
  const labels = { 'session.id': name, 'user.id': name };
  const traceId = await server.send(
    [
      { name, id: '00000000000000c1', durationMs: 50, attributes: labels, error: HOSTILE },
      {
        name,
        parent: '00000000000000c1',
        durationMs: 40,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.input.messages': JSON.stringify(say('user')),
          'gen_ai.output.messages': JSON.stringify(say('assistant')),
        },
      },
      {
        name,
        parent: '00000000000000c1',
        durationMs: 40,
        attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name },
        error: HOSTILE,
      },
    ],
    { project: 'hostile' },
  );
  const nestedId = await server.send(
    [
      {
        name: 'nested',
        durationMs: 40,
        attributes: {
          ...labels,
          'gen_ai.operation.name': 'chat',
          'gen_ai.input.messages': JSON.stringify(say('user', `nested quotes\n\n${'> '.repeat(3000)}x`)),
          'gen_ai.output.messages': JSON.stringify(say('assistant', `nested lists\n\n${'- '.repeat(1500)}x`)),
        },
      },
    ],
    { project: 'hostile' },
  );
  const page = await open(`/sessions/${encodeURIComponent(name)}?project=hostile`);
  await turns(page).first().getByText('window.harmed').first().waitFor();
  await turns(page).getByText('nested lists').waitFor();
  await page.goto(`${server.url}/t/${nestedId}?project=hostile&as=conversation`);
  await page.locator('[data-entry]').getByText('nested quotes').waitFor();
  await page.locator('[data-entry]').getByText('nested lists').waitFor();
  await page.goto(`${server.url}/users/${encodeURIComponent(name)}?project=hostile`);
  await page.getByRole('region', { name: 'Last traces' }).getByRole('listitem').first().waitFor();
  await page.goto(`${server.url}/t/${traceId}?project=hostile&as=conversation`);
  await page.locator('[data-entry]').first().getByText('window.harmed').first().waitFor();
  for (const view of ['flame', 'runs']) {
    await page.goto(`${server.url}/t/${traceId}?project=hostile&as=${view}`);
    await page.getByRole('region', { name: 'Span' }).waitFor();
  }
  expect(await page.evaluate('window.harmed')).toBeUndefined();
});

describe('the page of a user', () => {
  it('shows activity, sessions, errors and the last traces, and leads to them', async () => {
    const page = await open('/users/u1?project=demo');
    const main = page.locator('main');
    await expectText(main).toContain('Traces 60');
    await expectText(main).toContain('Sessions 3');
    await expectText(main).toContain('No trace failed, despite 20 failed steps.');
    const traces = page.getByRole('region', { name: 'Last traces' });
    await expectText(traces.getByRole('listitem').first()).toContain('turn 1');
    await expectText(traces.getByRole('listitem').first()).toContain('Question 1 → Answer 1');
    const sessions = page.getByRole('region', { name: 'Last sessions' });
    await expectTexts(sessions.getByRole('link')).toEqual(['All sessions', 's1', LONG, 's3']);
    const models = page.getByRole('region', { name: 'Models' });
    await expectText(models).toContain('gpt-4o-mini');
    await models.getByRole('link', { name: 'gpt-4o-mini' }).first().click();
    await expectText(page.getByRole('region', { name: 'Summary' })).toContain('Traces 60');
    await page.goBack();
    await sessions.getByRole('link', { name: 's3' }).click();
    await turns(page).first().waitFor();
    await page.getByRole('link', { name: 'u1' }).first().click();
    await expectAddress(page).toBe('/users/u1?project=demo');
  });

  it('narrows the lists to a part of the activity with the keyboard', async () => {
    const page = await open('/users/u1?project=demo');
    const chart = page.getByRole('group', { name: /Traces over time/ });
    await chart.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForURL(/from=/);
    // A bucket has a few of the 60 traces, of which the list shows 15.
    await eventually('the traces of the bucket', () =>
      page.getByRole('region', { name: 'Last traces' }).getByRole('listitem').count(),
    ).toBeLessThan(5);
    await page.getByRole('button', { name: 'Show everything' }).click();
    await expectAddress(page).toBe('/users/u1?project=demo');
  });

  it('says so if there is no such user, and has no accessibility violations', async () => {
    const page = await open('/users/nobody?project=demo');
    await page.getByRole('heading', { name: 'User not found in demo' }).waitFor();
    await page.goto(`${server.url}/users/u1?project=demo`);
    await page.getByRole('region', { name: 'Models' }).getByRole('listitem').first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
  });
});

describe('the list of scores', () => {
  it('can be filtered by value, and leads to what was scored', async () => {
    const page = await open('/scores?project=scores');
    await rows(page).first().waitFor();
    await expectCount(rows(page)).toBe(4);
    await page.keyboard.press('/');
    await page.keyboard.type('faithfulness');
    await page.getByLabel('At most').fill('0.5');
    await page.keyboard.press('Enter');
    await expectAddress(page).toBe('/scores?project=scores&name=faithfulness&max=0.5');
    await expectTexts(page.locator('[data-row] [data-column="value"]')).toEqual(['0.42']);
    await rows(page).first().getByRole('link', { name: 'faithfulness' }).click();
    await expectAddress(page).toContain(`/t/${toolId}?project=scores&span=00000000000000b1`);
    await page.goBack();
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await page.getByRole('button', { name: 'Value' }).click();
    await expectText(cell(page, 0, 'value')).toBe('yes');
    await expectText(cell(page, 0, 'comment')).toBe('Solved it at once.');
  });
});

describe('columns', () => {
  it('are chosen in a menu, with attributes, and are part of the address', async () => {
    const page = await open('/?project=demo');
    await rows(page).first().waitFor();
    await page.keyboard.press('o');
    await page.getByRole('checkbox', { name: 'Tokens', exact: true }).uncheck();
    await page.getByRole('checkbox', { name: 'Services' }).check();
    await page.getByLabel('Attribute or score to add as a column').fill('customer.tier');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await expectText(cell(page, 0, 'attr.customer.tier')).toBe('gold');
    await expectText(cell(page, 0, 'services')).toBe('shop');
    await expectCount(page.getByRole('columnheader', { name: 'Tokens' })).toBe(0);
    const columns = new URL(page.url()).searchParams.get('columns');
    expect(columns).toMatch(/^status,name,.*,services,attr\.customer\.tier$/);
    await cell(page, 0, 'attr.customer.tier').getByRole('link', { name: 'gold', exact: true }).click();
    await page.waitForURL(/q=attr\.customer\.tier:gold/);
    await expectCount(page.locator('[data-column="attr.customer.tier"]', { hasText: 'free' })).toBe(0);
    // The browser remembers the columns, and another person sees them in the link.
    await page.goto(`${server.url}/?project=demo`);
    await expectText(cell(page, 0, 'attr.customer.tier')).toBe('gold');
    await page.waitForURL(/columns=/);
    await page.keyboard.press('o');
    await page.getByRole('button', { name: 'Reset columns and widths' }).click();
    await expectAddress(page).toBe('/?project=demo');
    await page.getByRole('columnheader', { name: 'Tokens' }).waitFor();
  });

  it('are resized and moved with the pointer and with the keyboard', async () => {
    const page = await open('/?project=demo');
    await rows(page).first().waitFor();
    const width = async (id: string) =>
      (await page.locator(`[role="columnheader"][data-column="${id}"]`).boundingBox())?.width ?? 0;
    const before = await width('cost');
    const edge = await page.locator('[data-column="cost"] [data-resize]').boundingBox();
    if (!edge) throw new Error('the edge of the column is not visible');
    await page.mouse.move(edge.x + 4, edge.y + 8);
    await page.mouse.down();
    await page.mouse.move(edge.x + 64, edge.y + 8, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(new RegExp(`widths=cost:${before + 60}`));
    await eventually('the width', () => width('cost')).toBe(before + 60);
    await page.getByRole('button', { name: 'Cost', exact: true }).focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await page.waitForURL(new RegExp(`widths=cost:${before + 44}`));
    const order = async () =>
      (await headers(page).allInnerTexts()).filter((text) => /Duration|Cost/.test(text));
    await eventually('the order', order).toEqual(['Duration', 'Cost']);
    await page.getByRole('button', { name: 'Cost', exact: true }).focus();
    await page.keyboard.press('Shift+Control+ArrowLeft');
    await page.keyboard.press('Shift+Control+ArrowLeft');
    await eventually('the order', order).toEqual(['Cost', 'Duration']);
    await page
      .locator('[role="columnheader"][data-column="cost"]')
      .dragTo(page.locator('[role="columnheader"][data-column="preview"]'));
    await eventually('the order', order).toEqual(['Duration', 'Cost']);
  });
});

describe('values of a row', () => {
  it('filter the list or are excluded from it, with the keyboard alone', async () => {
    const page = await open('/spans?project=demo');
    await rows(page).first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.locator('[data-active]', { hasText: 'chat 0' }).waitFor();
    await page.keyboard.press('i');
    const menu = page.getByRole('dialog', { name: 'Filter by a value of this row' });
    await menu.getByRole('button', { name: 'Filter by model gpt-4o', exact: true }).waitFor();
    for (let step = 0; step < 20; step += 1) {
      const label = await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
      if (label.startsWith('Filter by model')) break;
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=-model:gpt-4o/);
    await expectCount(page.locator('[data-column="model"]').getByText('gpt-4o', { exact: true })).toBe(0);
    await rows(page).first().waitFor();
    await page.keyboard.press(' ');
    await page.getByRole('complementary', { name: 'Preview' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'Preview' }).waitFor({ state: 'hidden' });
    await page.keyboard.press('?');
    await expectText(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toContain(
      'Filter by a value of the row',
    );
  });

  it('have a button that excludes them while the pointer is there', async () => {
    const page = await open('/spans?project=demo&q=kind:llm');
    await rows(page).first().waitFor();
    const first = cell(page, 0, 'model');
    await first.getByRole('link', { name: 'gpt-4o', exact: true }).hover();
    await first.getByRole('link', { name: 'Exclude gpt-4o' }).click();
    await page.waitForURL(/q=kind:llm\+-model:gpt-4o/);
    await expectText(cell(page, 0, 'model')).toBe('gpt-4o-mini');
  });
});

it.each(['/spans', '/sessions', '/users', '/scores'])(
  '%s has no accessibility violations, in light and dark',
  async (path) => {
    const page = await open(`${path}?project=${path === '/scores' ? 'scores' : 'demo'}`);
    await rows(page).first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
    await page.keyboard.press('o');
    await page.getByRole('button', { name: /^Move/ }).first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
  },
);

it('the navigation and the palette lead to every list', async () => {
  const page = await open('/?project=demo');
  await rows(page).first().waitFor();
  for (const name of ['Spans', 'Sessions', 'Users']) {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    await page.getByRole('table', { name }).waitFor();
  }
  await page.keyboard.press('Control+k');
  await page.keyboard.type('scores');
  await page.getByRole('option', { name: 'Scores', selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Scores', level: 1 }).waitFor();
});
