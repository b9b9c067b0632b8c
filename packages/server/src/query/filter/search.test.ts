import type { AttributeValue, RawEvent } from '@throughline/spans';
import { waitFor } from '@throughline/tests/wait-for';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spanList } from '../../contract/span-list.ts';
import { traceList } from '../../contract/trace.ts';
import { rawSpan } from '../../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';

const CHAT = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' };

/** Traces of one span each, by name. Every one contains its text in a different place or script. */
const TRACES: Readonly<Record<string, Parameters<typeof rawSpan>[0]>> = {
  english: chat('Where is my parcel? The tracking number is TRK-20884.', 'It left the warehouse on Tuesday.'),
  german: chat('Die Größe passt nicht: Umtausch in der Straßburger Filiale möglich?', 'Natürlich.'),
  french: chat("L'élève a déjà reçu son diplôme à Orléans.", 'Félicitations !'),
  vietnamese: chat('Tôi muốn đổi trả đơn hàng này', 'Được ạ.'),
  turkish: chat('İade süreci ne kadar sürer? IŞIK hızında mı?', 'Üç gün.'),
  polish: chat('Zażółć gęślą jaźń w Łodzi', 'Dobrze.'),
  greek: chat('Πώς μπορώ να ακυρώσω την παραγγελία; ΕΠΙΣΤΡΟΦΗ χρημάτων', 'Βεβαίως.'),
  russian: chat('Когда приедет мой заказ? Ёлка уже нужна.', 'Завтра утром.'),
  ukrainian: chat('Їжак загубив квитанцію', 'Не хвилюйтеся.'),
  arabic: chat('أين طلبيتي؟ لم تصل الحقيبة بعد', 'سوف تصل غدا.'),
  hebrew: chat('איפה ההזמנה שלי? החבילה לא הגיעה', 'היא בדרך.'),
  hindi: chat('मेरा पार्सल कहाँ है? कृपया रसीद भेजें', 'कल पहुँचेगा।'),
  bengali: chat('আমার পার্সেল কোথায়?', 'আগামীকাল।'),
  tamil: chat('என் பொதி எங்கே?', 'நாளை வரும்.'),
  chinese: chat('我的包裹在哪里？我想更换收货地址。', '已经发货了。'),
  traditional: chat('請問發票可以補寄嗎', '可以補寄。'),
  japanese: chat('領収書を再発行してください。ｶﾞｲﾄﾞはありますか。', 'かしこまりました。'),
  korean: chat('영수증을 다시 보내 주세요', '네, 보내 드리겠습니다.'),
  thai: chat('ขอใบเสร็จรับเงินอีกครั้ง', 'ได้ค่ะ'),
  lao: chat('ຂໍໃບບິນຄືນໃໝ່', 'ໄດ້'),
  khmer: chat('ខ្ញុំចង់ប្តូរអាសយដ្ឋាន', 'បាទ'),
  burmese: chat('ပြေစာပြန်ပို့ပေးပါ', 'ဟုတ်ကဲ့'),
  georgian: chat('სად არის ჩემი ამანათი', 'გზაშია'),
  armenian: chat('Որտե՞ղ է իմ ծանրոցը', 'Ճանապարհին'),
  mixed: chat('请把 GPT-4o 模型的价格表发给 Müller，版本号是v2。', '60天内有效'),
  fullwidth: chat('Ｆｕｌｌｗｉｄｔｈ　ｌｅｔｔｅｒｓ １２３', 'ﬁnished'),
  // Python's json.dumps writes \uXXXX.
  escaped: {
    attributes: {
      ...CHAT,
      'gen_ai.input.messages':
        '[{"role":"user","parts":[{"type":"text","content":"Das Geb\\u00e4ude\\nbrennt\\tlichterloh \\u6d88\\u9632\\u8f66"}]}]',
    },
  },
  // A structure in a text in a structure, with a Windows path.
  nested: chat(
    JSON.stringify({
      memo: 'pelican\nheron',
      path: 'C:\\new\\tables.csv',
      inner: JSON.stringify({ deep: 'osprey\tgull' }),
    }),
    'ok',
  ),
  // An SDK cut off the text at its limit for attributes.
  truncated: {
    attributes: {
      ...CHAT,
      'gen_ai.input.messages':
        '[{"role":"user","parts":[{"type":"text","content":"first albatross\\nthen puffin and \\u00e9pervier in the',
    },
  },
  native: {
    attributes: {
      ...CHAT,
      'gen_ai.input.messages': [
        new Map<string, AttributeValue>([
          ['role', 'user'],
          [
            'parts',
            [
              new Map([
                ['type', 'text'],
                ['content', 'A kestrel came as native values'],
              ]),
            ],
          ],
        ]),
      ],
    },
  },
  toolCall: {
    attributes: {
      ...CHAT,
      'gen_ai.output.messages': JSON.stringify([
        {
          role: 'assistant',
          parts: [
            {
              type: 'tool_call',
              id: 'call_1',
              name: 'lookup_stock',
              arguments: { bird_id: 'BRD-4471', colour: 'crimson' },
            },
          ],
        },
      ]),
    },
  },
  tool: {
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'lookup_stock',
      'gen_ai.tool.call.arguments': '{"shelf":"B12","item":"tripod"}',
      'gen_ai.tool.call.result': '{"available":17,"note":"reserved for Zo\\u00eb"}',
    },
  },
  documents: {
    attributes: {
      'openinference.span.kind': 'RETRIEVER',
      'input.value': 'how to feed a hummingbird',
      'retrieval.documents.0.document.content': 'Mix four parts of water with one part of sugar.',
      'retrieval.documents.0.document.metadata': '{"source":"ornithology-handbook.pdf"}',
    },
  },
  plain: {
    attributes: {
      'openinference.span.kind': 'CHAIN',
      'input.value': 'raw\tmagpie\ninput',
      'output.value': 'raw jackdaw',
    },
  },
  completion: { attributes: { ...CHAT, 'gen_ai.prompt': 'the\told\nnightjar' } },
  exception: {
    statusCode: 'error',
    statusMessage: 'Upstream cormorant timed out',
    events: [
      event('exception', { 'exception.type': 'FlightError', 'exception.message': 'wing 7 of 9 is icy' }),
    ],
  },
  events: {
    attributes: CHAT,
    events: [
      event('gen_ai.user.message', { content: 'The bittern stands on an event' }),
      event('gen_ai.choice', { message: '{"content":"A lapwing answered"}' }),
    ],
  },
};

/** Queries and the traces that they find. */
const QUERIES: readonly (readonly [q: string, ...found: string[]])[] = [
  // Case, accents and width do not matter.
  ['parcel', 'english'],
  ['PARCEL', 'english'],
  ['Pärcél', 'english'],
  ['größe', 'german'],
  ['GRÖSSE', 'german'],
  ['grosse', 'german'],
  ['strassburger', 'german'],
  ['moglich', 'german'],
  ['eleve', 'french'],
  ['ÉLÈVE', 'french'],
  ['orleans', 'french'],
  ['don hang', 'vietnamese'],
  ['"đơn hàng"', 'vietnamese'],
  ['iade', 'turkish'],
  ['ışık', 'turkish'],
  ['isik', 'turkish'],
  ['zazolc', 'polish'],
  ['łodzi', 'polish'],
  ['lodzi', 'polish'],
  ['επιστροφη', 'greek'],
  ['παραγγελια', 'greek'],
  ['ΠΑΡΑΓΓΕΛΊΑ', 'greek'],
  ['χρηματων', 'greek'],
  ['ЗАКАЗ', 'russian'],
  ['елка', 'russian'],
  ['"уже нужна"', 'russian'],
  ['їжак', 'ukrainian'],
  ['квитанц*', 'ukrainian'],
  ['fullwidth', 'fullwidth'],
  ['Ｐａｒｃｅｌ', 'english'],
  ['123', 'fullwidth'],
  ['finished', 'fullwidth'],
  // Scripts with spaces.
  ['الحقيبة', 'arabic'],
  ['"تصل غدا"', 'arabic'],
  ['החבילה', 'hebrew'],
  ['"החבילה לא"', 'hebrew'],
  ['पार्सल', 'hindi'],
  ['रसीद', 'hindi'],
  ['"कृपया रसीद"', 'hindi'],
  // The marks of Hindi are letters: another vowel is another word.
  ['पारसल'],
  ['পার্সেল', 'bengali'],
  ['பொதி', 'tamil'],
  ['ამანათი', 'georgian'],
  ['ծանրոցը', 'armenian'],
  // Any part of a run of a script without spaces.
  ['包裹', 'chinese'],
  ['收货地址', 'chinese'],
  ['货地', 'chinese'],
  ['"更换收货"', 'chinese'],
  ['货收'],
  ['裹', 'chinese'],
  ['址', 'chinese'],
  ['發票', 'traditional'],
  ['补寄'],
  ['補寄嗎', 'traditional'],
  ['領収書', 'japanese'],
  ['再発行', 'japanese'],
  ['してくだ', 'japanese'],
  ['ガイド', 'japanese'],
  ['ｶﾞｲﾄﾞ', 'japanese'],
  ['영수증', 'korean'],
  ['영수증을', 'korean'],
  ['다시 영수증', 'korean'],
  ['ใบเสร็จ', 'thai'],
  ['รับเงิน', 'thai'],
  ['เสร็จรับ', 'thai'],
  ['ໃບບິນ', 'lao'],
  ['អាសយដ្ឋាន', 'khmer'],
  ['ပြန်ပို့', 'burmese'],
  // Scripts in one text.
  ['gpt-4o', 'mixed'],
  ['模型的价格', 'mixed'],
  ['"GPT-4o 模型"', 'mixed'],
  ['muller', 'mixed'],
  ['版本号是v2', 'mixed'],
  ['60天', 'mixed'],
  // Escapes and structures are decoded.
  ['gebäude', 'escaped'],
  ['brennt', 'escaped'],
  ['"gebaude brennt lichterloh"', 'escaped'],
  ['消防', 'escaped'],
  ['heron', 'nested'],
  ['nheron'],
  ['"pelican heron"', 'nested'],
  ['gull', 'nested'],
  ['"osprey gull"', 'nested'],
  ['tables', 'nested'],
  ['new', 'nested'],
  ['memo', 'nested'],
  ['puffin', 'truncated'],
  ['"then puffin"', 'truncated'],
  ['épervier', 'truncated'],
  // Everywhere in a span.
  ['kestrel', 'native'],
  ['BRD-4471', 'toolCall'],
  ['crimson', 'toolCall'],
  ['bird_id', 'toolCall'],
  ['lookup_stock', 'tool', 'toolCall'],
  ['tripod', 'tool'],
  ['zoe', 'tool'],
  ['"available 17"', 'tool'],
  ['hummingbird', 'documents'],
  ['"parts of water"', 'documents'],
  ['ornithology', 'documents'],
  ['magpie', 'plain'],
  ['jackdaw', 'plain'],
  ['nightjar', 'completion'],
  ['cormorant', 'exception'],
  ['icy', 'exception'],
  ['FlightError', 'exception'],
  ['bittern', 'events'],
  ['lapwing', 'events'],
  ['wagtail', 'logged'],
  ['"quails replied"', 'logged'],
  // Several words, phrases and prefixes.
  ['parcel tracking', 'english'],
  ['tracking parcel', 'english'],
  ['parcel warehouse', 'english'],
  ['parcel hummingbird'],
  ['"tracking number"', 'english'],
  ['"number tracking"'],
  // The end of one message and the start of the next are not one phrase.
  ['"20884 It left"'],
  ['track*', 'english'],
  ['track'],
  ['TRK-20*', 'english'],
  ['TRK-20'],
  ['ware* tues*', 'english'],
  ['wagtail quails', 'logged'],
  ['(parcel OR magpie)', 'english', 'plain'],
  ['parcel -hummingbird', 'english'],
  ['kind:tool tripod', 'tool'],
  ['has(kind:tool tripod)', 'tool'],
  ['has(kind:llm tripod)'],
  ['"?!"'],
  ['A.4471'],
];

let server: TestServer;
const names = Object.keys(TRACES);
const idOf = (name: string) => (names.indexOf(name) + 1).toString(16).padStart(32, '0');
const LOGGED_ID = 'f'.repeat(32);

beforeAll(async () => {
  server = await startTestServer();
  await server.send(
    'birds',
    names.map((name) =>
      rawSpan({ attributes: {}, ...TRACES[name], traceId: idOf(name), spanId: 'b'.repeat(16) }),
    ),
  );
  await server.send('birds', [rawSpan({ traceId: LOGGED_ID, spanId: 'b'.repeat(16), attributes: CHAT })]);
  await sendLogs('The wagtail asked in a log record', 'Two quails replied');
  await server.send('other', [
    rawSpan({ traceId: 'e'.repeat(32), ...chat('a parcel of another project', '') }),
  ]);
});
afterAll(() => server.stop());

/** The question and the answer of one span as two log records. */
async function sendLogs(question: string, answer: string): Promise<void> {
  const record = (eventName: string, content: unknown) => ({
    timeUnixNano: '1795000000000000001',
    traceId: LOGGED_ID,
    spanId: 'b'.repeat(16),
    eventName,
    body: { kvlistValue: { values: [{ key: 'content', value: { stringValue: content } }] } },
  });
  const logRecords = [record('gen_ai.user.message', question), record('gen_ai.assistant.message', answer)];
  const response = await fetch(`${server.url}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-throughline-project': 'birds' },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
  });
  expect(await response.json()).toEqual({});
  await waitFor('the log records to be readable', () => server.journal.isEmpty);
}

async function tracesFound(q: string): Promise<string[]> {
  const response = await fetch(`${server.url}/api/v1/traces?project=birds&q=${encodeURIComponent(q)}`);
  const { traces } = traceList.parse(await response.json());
  return traces
    .map(({ traceId }) =>
      traceId === LOGGED_ID ? 'logged' : (names.find((name) => idOf(name) === traceId) ?? traceId),
    )
    .sort();
}

describe('a search finds exactly the traces that contain the text', () => {
  it.each(QUERIES)('%s', async (q, ...found) => {
    expect(await tracesFound(q)).toEqual(found.sort());
  });

  it('before and after the text index is built', async () => {
    const before = await Promise.all(
      ['parcel', '收货地址', '裹', 'track*', '"tracking number"'].map(tracesFound),
    );
    await server.engine.command('OPTIMIZE TABLE payloads FINAL');
    const after = await Promise.all(
      ['parcel', '收货地址', '裹', 'track*', '"tracking number"'].map(tracesFound),
    );
    expect(after).toEqual(before);
    expect(before).toEqual([['english'], ['chinese'], ['chinese'], ['english'], ['english']]);
    const indexed = await server.engine.query<{ bytes: string }>(
      `SELECT data_compressed_bytes AS bytes FROM system.data_skipping_indices
       WHERE database = currentDatabase() AND table = 'payloads' AND name = 'search_text_index'`,
    );
    expect(Number(indexed[0]?.bytes)).toBeGreaterThan(0);
  });
});

/** The passage of the first trace, with its matches in brackets. */
async function passageFound(q: string): Promise<string | undefined> {
  const response = await fetch(`${server.url}/api/v1/traces?project=birds&q=${encodeURIComponent(q)}`);
  const [trace] = traceList.parse(await response.json()).traces;
  if (!trace?.match) return undefined;
  const { text, marks, spanId } = trace.match;
  expect(spanId).toBe('b'.repeat(16));
  return marks.reduceRight(
    (marked, { start, end }) => `${marked.slice(0, start)}[${marked.slice(start, end)}]${marked.slice(end)}`,
    text,
  );
}

describe('a search shows the passage that it found, as it was written', () => {
  it.each([
    ['PARCEL', 'Where is my [parcel]? The tracking number is TRK-20884.'],
    ['is number', 'Where [is] my parcel? The tracking [number] [is] TRK-20884.'],
    ['"tracking number" track*', 'Where is my parcel? The [tracking number] is TRK-20884.'],
    ['warehouse', 'It left the [warehouse] on Tuesday.'],
    ['strassburger', 'Die Größe passt nicht: Umtausch in der [Straßburger] Filiale möglich?'],
    ['收货地', '我的包裹在哪里？我想更换[收货地]址。'],
    ['ガイド', '領収書を再発行してください。[ｶﾞｲﾄﾞ]はありますか。'],
    ['heron', 'memo pelican [heron] path C:\\new\\tables.csv inner deep osprey gull'],
    ['lapwing', 'A [lapwing] answered'],
    ['"quails replied"', 'Two [quails replied]'],
    ['icy', 'wing 7 of 9 is [icy]'],
    ['kind:tool', undefined],
    ['tracking -wagtail', 'Where is my parcel? The [tracking] number is TRK-20884.'],
  ])('%s', async (q, passage) => {
    expect(await passageFound(q)).toBe(passage);
  });
});

it('a search for spans finds the spans that contain the text', async () => {
  const response = await fetch(`${server.url}/api/v1/spans?project=birds&q=tripod`);
  const { spans } = spanList.parse(await response.json());
  expect(spans.map(({ traceId }) => traceId)).toEqual([idOf('tool')]);
});

function chat(question: string, answer: string): Parameters<typeof rawSpan>[0] {
  const messages = (role: string, content: string) =>
    JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
  return {
    attributes: {
      ...CHAT,
      'gen_ai.input.messages': messages('user', question),
      'gen_ai.output.messages': messages('assistant', answer),
    },
  };
}

function event(name: string, attributes: Readonly<Record<string, string>>): RawEvent {
  return {
    name,
    timeUnixNano: 1n,
    attributes: new Map(Object.entries(attributes)),
    droppedAttributesCount: 0,
  };
}
