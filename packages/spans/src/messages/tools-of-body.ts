import { asJson, isRecord, needing, type Read } from '../attributes/attribute-readers.ts';

/** Maximum number of tools of a request. */
const MAX_TOOLS = 1000;

/** Reads the tools of a request whose body is in an attribute: `{tools: […]}`, also inside of `config` and `kwargs`. */
export function toolsOfBody(...keys: string[]): Read<readonly unknown[]> {
  return needing(keys, ({ attributes }) => {
    for (const key of keys) {
      const value = attributes.get(key);
      if (value === undefined || (typeof value === 'string' && !value.includes('tools"'))) continue;
      const found = toolsIn(asJson(value));
      if (found !== undefined) return found;
    }
    return undefined;
  });
}

/** Finds the tools in a request body. Gemini groups them: `{function_declarations: […]}`. */
export function toolsIn(body: unknown): readonly unknown[] | undefined {
  if (!isRecord(body)) return undefined;
  const nested = [body.config, body.kwargs, body.options].find(
    (inner) => isRecord(inner) && 'tools' in inner,
  );
  const tools = body.tools ?? (isRecord(nested) ? nested.tools : undefined) ?? body.function_tools;
  if (!Array.isArray(tools) || tools.length === 0) return undefined;
  const flat = tools.flatMap((tool) => {
    const group = isRecord(tool) ? (tool.function_declarations ?? tool.functionDeclarations) : undefined;
    return Array.isArray(group) ? group : [tool];
  });
  return flat.slice(0, MAX_TOOLS);
}
