import { either, typedText } from '../../attributes/attribute-readers.ts';
import type { Dialect } from '../dialect.ts';

/*
 * Statements of databases, so that their spans show what they did. Spans of databases and HTTP stay plain spans.
 * Source: OpenTelemetry semantic conventions 1.41 `docs/database`, and the names before 1.24.
 */
export const databases: Dialect = {
  name: 'databases',
  title: 'Databases',
  describes: "OpenTelemetry's conventions for databases",
  content: { input: either(typedText('db.query.text'), typedText('db.statement')) },
  inputText: { keys: ['db.query.text', 'db.statement'] },
};
