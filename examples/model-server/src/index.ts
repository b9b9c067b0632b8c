export { think } from './brain.ts';
export { embed } from './embedding.ts';
export {
  type Api,
  lastUserText,
  type ModelRequest,
  type ToolCall,
  type ToolOffer,
  type Turn,
} from './model-request.ts';
export { createModelServer, type ModelServer, type ModelServerOptions } from './model-server.ts';
export { type Fault, type Match, type Reply, type Script, when } from './script.ts';
export { countTokens, splitIntoChunks } from './tokens.ts';
