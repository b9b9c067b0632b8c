import { describe, expect, it } from 'vitest';
import { projectOfExporter, projectOfLangfuse } from './project-of-client.ts';

const basic = (user: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`,
});

describe('the project of a Langfuse SDK', () => {
  it.each([
    ['a public key', basic('pk-lf-shop'), 'shop'],
    ['a public key without the prefix', basic('shop'), 'shop'],
    ['a public key as a token, from a browser', { authorization: 'Bearer pk-lf-shop' }, 'shop'],
    ['a key that Langfuse generated', basic('pk-lf-0f8fad5b-d9cb-469f-a165-70867728950e'), undefined],
    ['a token that is an API key', { authorization: 'Bearer an-api-key-of-this-server' }, undefined],
    ['no key', {}, undefined],
    ['the header of Throughline', { ...basic('pk-lf-shop'), 'x-throughline-project': 'other' }, 'other'],
  ])('comes from %s', (_what, headers, project) => {
    expect(projectOfLangfuse(headers)).toBe(project);
  });

  it('is rejected if its name is not valid', () => {
    expect(() => projectOfLangfuse(basic(`pk-lf-${'x'.repeat(129)}`))).toThrow(
      /the public key is not 1 to 128/,
    );
  });
});

it.each([
  ['LangSmith', { 'langsmith-project': 'shop' }, 'shop'],
  ['Braintrust by name', { 'x-bt-parent': 'project_name:my shop' }, 'my shop'],
  ['Braintrust by id', { 'x-bt-parent': 'project_id:shop' }, 'shop'],
  ['an experiment of Braintrust', { 'x-bt-parent': 'experiment_id:1' }, undefined],
  ['nothing', {}, undefined],
  ['the header of Throughline', { 'langsmith-project': 'shop', 'x-throughline-project': 'other' }, 'other'],
])('the project of an exporter comes from its header: %s', (_what, headers, project) => {
  expect(projectOfExporter(headers)).toBe(project);
});
