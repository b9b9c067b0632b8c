/** Splits an SQL file into statements without comments. Quoted text can contain `;` and `--`. */
export function splitStatements(sql: string): string[] {
  const pieces = sql.match(/'(?:[^'\\]|\\.|'')*'|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|;|[^'`;\-/]+|[-/]/g) ?? [];
  const statements: string[] = [''];
  for (const piece of pieces) {
    if (piece === ';') statements.push('');
    else if (!piece.startsWith('--') && !piece.startsWith('/*')) statements[statements.length - 1] += piece;
  }
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== '');
}
