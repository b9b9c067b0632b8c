import type { SyntaxNode } from './syntax-tree.ts';

/** Why a statement is not allowed. The message is for its author. */
export class SqlRejection extends Error {
  override readonly name = 'SqlRejection';
}

/**
 * The nodes of a statement that only reads. Everything else is rejected: SETTINGS (`Set`), parameters (`QueryParameter`),
 * `APPLY` with a function name, dictionaries, and nodes of future versions of ClickHouse.
 */
const NODES: ReadonlySet<string> = new Set([
  'SelectWithUnionQuery',
  'SelectIntersectExceptQuery',
  'SelectQuery',
  'ExpressionList',
  'WithElement',
  'Subquery',
  'Identifier',
  'Literal',
  'Function',
  'Asterisk',
  'QualifiedAsterisk',
  'ColumnsTransformerList',
  'ColumnsExceptTransformer',
  'ColumnsReplaceTransformer',
  'ColumnsReplaceTransformer::Replacement',
  'ColumnsRegexpMatcher',
  'ColumnsListMatcher',
  'TablesInSelectQuery',
  'TablesInSelectQueryElement',
  'TableExpression',
  'TableIdentifier',
  'TableJoin',
  'ArrayJoin',
  'OrderByElement',
  'WindowDefinition',
  'WindowListElement',
]);

/** Table functions that read nothing. */
const TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'numbers',
  'generateseries',
  'generate_series',
  'zeros',
]);

/** Functions whose second argument can be a table if it is a name. */
const IN_FUNCTIONS = /^(?:global)?(?:not)?(?:null)?in(?:ignoreset)?$/i;

/** Names of the parser that are not in `system.functions`. */
const SYNTAX_FUNCTIONS: ReadonlySet<string> = new Set(['lambda', 'exists', 'grouping', 'untuple']);

export interface AllowedNames {
  /** Lower-case names of all functions that may be called. */
  readonly functions: ReadonlySet<string>;
  /** Lower-case names of aggregate functions, which can have combinators such as `If`. */
  readonly aggregates: ReadonlySet<string>;
  /** Lower-case names of tables of the database in which statements run. */
  readonly foreignTables: ReadonlySet<string>;
}

/**
 * Checks that a statement is one SELECT, reads no table but those of its own WITH clauses and of the project, and calls only
 * functions that depend on nothing but their arguments.
 *
 * @throws SqlRejection
 */
export function checkSyntaxTree(root: SyntaxNode, allowed: AllowedNames): void {
  if (root.type !== 'SelectWithUnionQuery') throw new SqlRejection('Only SELECT statements are allowed.');
  // FORMAT, SETTINGS and INTO OUTFILE are further children.
  if (root.children.length !== 1)
    throw new SqlRejection('FORMAT, SETTINGS and INTO OUTFILE are not allowed.');
  const pending: SyntaxNode[] = [root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    checkNode(node, allowed);
    pending.push(...node.children);
  }
}

function checkNode(node: SyntaxNode, allowed: AllowedNames): void {
  if (node.type === 'Set') throw new SqlRejection('SETTINGS is not allowed.');
  if (node.type === 'QueryParameter')
    throw new SqlRejection('Parameters such as {name:Type} are not allowed.');
  if (!NODES.has(node.type)) throw new SqlRejection(`This syntax (${node.type}) is not allowed.`);
  if (node.type === 'SelectWithUnionQuery' && node.children.length !== 1)
    throw new SqlRejection('FORMAT, SETTINGS and INTO OUTFILE are not allowed.');
  if (node.type === 'TableIdentifier') checkTable(node.text, allowed);
  if (node.type === 'TableExpression') checkTableExpression(node);
  if (node.type === 'Function') checkFunction(node, allowed);
}

/** The first child is what is read; the others can be parts such as SAMPLE, which are rejected by their type. */
function checkTableExpression({ children: [source] }: SyntaxNode): void {
  if (source?.type === 'TableIdentifier' || source?.type === 'Subquery') return;
  if (source?.type === 'Function' && TABLE_FUNCTIONS.has(source.text.toLowerCase())) return;
  throw new SqlRejection(
    source?.type === 'Function'
      ? `The table function ${source.text} is not allowed; only numbers and generate_series are.`
      : 'FROM needs a table or a subquery.',
  );
}

function checkTable(name: string, { foreignTables }: AllowedNames): void {
  if (!/^\w+$/.test(name))
    throw new SqlRejection(`The table ${name} is not allowed. Name a table without its database.`);
  if (foreignTables.has(name.toLowerCase())) throw new SqlRejection(`There is no table ${name}.`);
}

function checkFunction({ text, children }: SyntaxNode, allowed: AllowedNames): void {
  if (TABLE_FUNCTIONS.has(text.toLowerCase())) return;
  if (!isAllowedFunction(text, allowed)) throw new SqlRejection(`The function ${text} is not allowed.`);
  if (!IN_FUNCTIONS.test(text)) return;
  const [, right] = children[0]?.children ?? [];
  if (right?.type === 'Identifier' || right?.type === 'TableIdentifier')
    throw new SqlRejection(`Write IN (SELECT …) instead of IN ${right.text}.`);
}

const COMBINATORS =
  /(?:if|array|map|distinct|ornull|ordefault|foreach|resample|argmin|argmax|state|simplestate|merge|mergestate)$/;

function isAllowedFunction(name: string, { functions, aggregates }: AllowedNames): boolean {
  const lower = name.toLowerCase();
  if (SYNTAX_FUNCTIONS.has(lower) || functions.has(lower)) return true;
  for (let rest = lower; ; ) {
    if (aggregates.has(rest)) return true;
    const shorter = rest.replace(COMBINATORS, '');
    if (shorter === rest) return false;
    rest = shorter;
  }
}
