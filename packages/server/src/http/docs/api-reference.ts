/** The parts of an OpenAPI document that the reference shows. */
export interface OpenApiDocument {
  readonly info: { readonly title: string; readonly description?: string };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Content };
  readonly responses?: Readonly<
    Record<string, { readonly description?: string; readonly content?: Content }>
  >;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Renders the document as Markdown: each operation with its parameters, its body and its responses. */
export function apiReference(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      ...operation,
    })),
  );
  const byTag = Map.groupBy(operations, ({ tags }) => tags?.[0] ?? 'other');
  const sections = [...byTag].map(([tag, list]) =>
    [`## ${tag[0]?.toUpperCase()}${tag.slice(1)}`, ...list.map(operationSection)].join('\n\n'),
  );
  const intro = `${document.info.description ?? ''}\n\nThe OpenAPI document is at \`/api/v1/openapi.json\`.`;
  return [`# API reference`, intro, ...sections].join('\n\n');
}

function operationSection(operation: Operation & { readonly method: string; readonly path: string }): string {
  const { method, path, summary, description, parameters = [], requestBody, responses = {} } = operation;
  const body = schemaOf(requestBody?.content);
  const answers = Object.entries(responses).map(([status, { description: meaning, content }]) => [
    status,
    content ? typeOf(schemaOf(content)) : '',
    cell(meaning === 'Default Response' ? '' : meaning),
  ]);
  const ok = schemaOf(Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1].content);
  return [
    `### ${method} ${path}`,
    [summary, description].filter(Boolean).join('. '),
    parameters.length > 0 &&
      table(
        ['parameter', 'in', 'type', 'meaning'],
        parameters.map(({ name, in: place, required, description: meaning, schema }) => [
          `\`${name}\`${required ? ' (required)' : ''}`,
          place,
          typeOf(schema),
          cell(meaning ?? schema?.description),
        ]),
      ),
    body && `Body:\n\n${fields(body)}`,
    ok && fields(ok) !== '' && `Answer:\n\n${fields(ok)}`,
    table(['status', 'type', 'meaning'], answers),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** The properties of an object, or of the objects in a list. */
function fields(schema: Schema): string {
  const object = schema.items ?? schema;
  const rows = Object.entries(object.properties ?? {}).map(([name, property]) => [
    `\`${name}\`${object.required?.includes(name) ? '' : ' (optional)'}`,
    typeOf(property),
    cell(property.description),
  ]);
  return rows.length === 0 ? '' : table(['field', 'type', 'meaning'], rows);
}

function schemaOf(content: Content | undefined): Schema | undefined {
  return Object.values(content ?? {})[0]?.schema;
}

function typeOf(schema: Schema | undefined): string {
  if (!schema) return '';
  if (schema.$ref) return schema.$ref.split('/').at(-1) ?? '';
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return [...new Set(options.map(typeOf))].join(' or ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items) || 'values'}`;
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : String(schema.type ?? '');
  const bounds = [
    schema.minimum !== undefined && schema.minimum > Number.MIN_SAFE_INTEGER && `from ${schema.minimum}`,
    schema.maximum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER && `to ${schema.maximum}`,
    schema.default !== undefined && `default \`${schema.default}\``,
  ].filter(Boolean);
  return bounds.length > 0 ? `${type} (${bounds.join(', ')})` : type;
}

/** Text in one cell of a table. */
function cell(text: string | undefined): string {
  return (text ?? '').replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '-')), ...rows.map(line)].join('\n');
}
