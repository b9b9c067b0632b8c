import { type Filter, type ParseFilterOptions, parseFilter } from '@throughline/spans';
import { z } from 'zod';
import type { Engine } from '../clickhouse/engine.ts';
import { DEFAULT_PROJECT } from '../project/project-name.ts';
import { type ProjectScope, projectScope } from '../query/project-scope.ts';
import { FilterError } from './explain-error.ts';
import { readWhen, whenInput } from './when.ts';

/** What a tool can use while it handles one call. */
export interface ToolContext {
  readonly engine: Engine;
  /** The project that the connection names. Its clients cannot read other projects. */
  readonly pinnedProject: string | undefined;
  /** Aborted if the client disconnects. */
  readonly signal: AbortSignal;
  readonly nowNs: bigint;
}

/** A tool that returns text. Errors that it throws become texts as well, see `explainError`. */
export interface McpTool<Input extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  run(input: z.output<Input>, context: ToolContext): Promise<string>;
}

/** Gives `run` the type of its input. */
export function defineTool<Input extends z.ZodObject>(tool: McpTool<Input>): McpTool {
  return tool as unknown as McpTool;
}

const projectInput = z
  .string()
  .max(128)
  .optional()
  .describe('Project. Default: "default". list_projects lists them.');

/** Part of the input of every tool that reads a project. It is removed if the connection names a project. */
export const PROJECT = { project: projectInput } as const;

export const FILTER_AND_RANGE = {
  filter: z
    .string()
    .optional()
    .describe(
      'Filter such as `status:error kind:llm cost>0.02 "refund policy"`; list_fields explains it. Default: all.',
    ),
  from: whenInput('Only traces that started at or after this time.'),
  to: whenInput('Only traces that started before this time.'),
} as const;

export const traceIdInput = z.string().min(1).max(800).describe('Trace id.');

/** The largest budget keeps a single answer below the limits of clients. */
export const maxTokensInput = (standard: number) =>
  z.number().int().min(500).max(25_000).default(standard).describe('Budget of the answer in tokens.');

export function scopeOf({ engine, pinnedProject }: ToolContext, project: string | undefined): ProjectScope {
  return projectScope(engine, pinnedProject ?? project ?? DEFAULT_PROJECT);
}

/** @throws FilterError */
export function filterOf(text: string | undefined, options?: ParseFilterOptions): Filter {
  const parsed = parseFilter(text ?? '', options);
  if (parsed.ok) return parsed.filter;
  throw new FilterError(text ?? '', parsed.problem);
}

/** The filter and the range of a call. @throws FilterError, WhenError */
export function selectionOf(
  {
    filter,
    from,
    to,
  }: {
    readonly filter?: string | undefined;
    readonly from?: string | undefined;
    readonly to?: string | undefined;
  },
  { nowNs }: ToolContext,
  options?: ParseFilterOptions,
) {
  return {
    filter: filterOf(filter, options),
    fromNs: readWhen('from', from, nowNs),
    toNs: readWhen('to', to, nowNs),
  };
}
