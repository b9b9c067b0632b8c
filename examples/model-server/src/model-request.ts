/** The common form of all providers' requests, which scripts and the brain work with. */

export type Api = 'chat' | 'responses' | 'messages' | 'generate' | 'cohere' | 'converse';

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface Image {
  /** MIME type, e.g. `image/png`. `image/*` for a URL of unknown type. */
  readonly mimeType: string;
  /** Size in pixels, only for a PNG passed as data. */
  readonly width?: number;
  readonly height?: number;
}

export interface Turn {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
  readonly images: readonly Image[];
  /** Tool calls of an assistant turn. */
  readonly toolCalls: readonly ToolCall[];
  /** Id of the call whose result a tool turn contains. */
  readonly toolCallId?: string;
}

export interface ToolOffer {
  readonly name: string;
  readonly description: string;
  /** Parameters of the tool, as JSON Schema. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** `auto`: the model decides. `none`: no calls. `required`: at least one call. `{name}`: a call of that tool. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

export interface ModelRequest {
  readonly api: Api;
  readonly model: string;
  readonly turns: readonly Turn[];
  readonly tools: readonly ToolOffer[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
  /** If set, the answer must be JSON of this schema. */
  readonly jsonSchema?: Readonly<Record<string, unknown>>;
  /** Longer answers are truncated and finish with `length`. */
  readonly maxTokens?: number;
  /** Whether the model reasons before it answers. */
  readonly reasoning: boolean;
  readonly stream: boolean;
  readonly choices: number;
}

/** Returns the text of the last user turn, or an empty string. */
export function lastUserText(request: ModelRequest): string {
  return request.turns.findLast((turn) => turn.role === 'user')?.text ?? '';
}
