/** Records a trace with Langfuse's SDK 3, which is configured by the environment alone. */
import { Langfuse } from 'langfuse';

const langfuse = new Langfuse();
langfuse.trace({ name: 'from the guide', input: 'What is it?' }).update({ output: 'What is it? 42' });
await langfuse.shutdownAsync();
