/** Converts `2026-11-20T10:00:00.123456789Z` to `2026-11-20 11:00:00` in the time zone of this machine. */
export function localTime(timestamp: string): string {
  const time = new Date(`${timestamp.slice(0, 19)}Z`);
  const two = (value: number) => String(value).padStart(2, '0');
  return (
    `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ` +
    `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
  );
}
