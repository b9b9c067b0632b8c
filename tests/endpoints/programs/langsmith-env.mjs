/** Records a run with LangSmith's SDK, which is configured by the environment alone. */
import { Client } from 'langsmith';
import { traceable } from 'langsmith/traceable';

const client = new Client();
await traceable(async (question) => `${question} 42`, { name: 'from the guide', client })('What is it?');
await client.awaitPendingTraceBatches();
