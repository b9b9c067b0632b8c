/**
 * Runs a ClickHouse server: `node clickhouse-server-process.ts <folder> <config file> <HTTP port>`.
 *
 * libchdb can be called with the command line of `clickhouse local`, and one of its statements opens a port. The last
 * statement sleeps forever, because the server ends with the command line. The process ends when its standard input closes.
 */
import { libchdbPath } from 'chdb/libchdb';
import { DataType, load, open } from 'ffi-rs';

const [folder, config, port] = process.argv.slice(2);

process.stdin.resume();
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'));

const commandLine = [
  'clickhouse',
  '--multiquery',
  `--path=${folder}`,
  `--config-file=${config}`,
  `--http_port=${port}`,
  '--listen_host=127.0.0.1',
  `--query=SYSTEM START LISTEN HTTP;
    SELECT sleepEachRow(3) FROM numbers(1000000000) SETTINGS max_block_size = 1 FORMAT Null`,
];
open({ library: 'chdb', path: libchdbPath() });
await load({
  library: 'chdb',
  funcName: 'chdb_query_cmdline',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [commandLine.length, commandLine],
  // This thread stays free to notice that the parent has ended.
  runInNewThread: true,
});
console.error('the last statement ended');
process.exit(1);
