/** What every provider's request comes down to. Scripts and the brain see this, never a provider's own shape. */

export type Api = 'chat' | 'responses' | 'messages' | 'generate' | 'cohere' | 'converse';

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface Image {
  /** `image/png` and the like; `image/*` for an address whose type is unknown. */
  readonly mimeType: string;
  /** Of a PNG given as data; absent otherwise. */
  readonly width?: number;
  readonly height?: number;
}

export interface Turn {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
  readonly images: readonly Image[];
  /** Assistant turns: what it asked for. */
  readonly toolCalls: readonly ToolCall[];
  /** Tool turns: which call this answers. */
  readonly toolCallId?: string;
}

export interface ToolOffer {
  readonly name: string;
  readonly description: string;
  /** JSON Schema. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** `auto`: the model decides; `none`; `required`: at least one call; `{name}`: a call of that tool. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

export interface ModelRequest {
  readonly api: Api;
  readonly model: string;
  readonly turns: readonly Turn[];
  readonly tools: readonly ToolOffer[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
  /** The answer has to be JSON of this schema. */
  readonly jsonSchema?: Readonly<Record<string, unknown>>;
  /** Longer answers are cut, and finish with `length`. */
  readonly maxTokens?: number;
  /** Whether the model thinks before it answers. */
  readonly reasoning: boolean;
  readonly stream: boolean;
  readonly choices: number;
}

/** Text of the newest user turn, or empty. */
export function lastUserText(request: ModelRequest): string {
  return request.turns.findLast((turn) => turn.role === 'user')?.text ?? '';
}
