/** Two hex digits by byte. */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const UINT32 = 2 ** 32;
/**
 * Random ids from a table: a third of the time of OpenTelemetry's generator, which goes through a buffer. All bits are
 * random, as sampling by trace id needs them.
 */
export class TableIdGenerator {
    generateTraceId = () => hex32() + hex32() + hex32() + hex32Filled();
    generateSpanId = () => hex32() + hex32Filled();
}
function hex32() {
    const value = Math.floor(Math.random() * UINT32);
    return digits(value);
}
/** Never 0: an id of zeros is no id. */
function hex32Filled() {
    return digits(Math.floor(Math.random() * (UINT32 - 1)) + 1);
}
function digits(value) {
    return (BYTES[value >>> 24] +
        BYTES[(value >>> 16) & 0xff] +
        BYTES[(value >>> 8) & 0xff] +
        BYTES[value & 0xff]);
}
