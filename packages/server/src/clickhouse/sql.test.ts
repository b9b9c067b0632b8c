import { describe, expect, it } from 'vitest';
import { and, compile, join, sql, time, unsafeRawSql } from './sql.ts';

describe('sql', () => {
  it('binds every value with a type derived from it', () => {
    expect(
      compile(
        sql`a = ${'x'} AND b = ${3} AND c = ${2.5} AND d = ${7n} AND e = ${true} AND f IN ${['y', 'z']}`,
      ),
    ).toEqual([
      'a = {p0:String} AND b = {p1:Int64} AND c = {p2:Float64} AND d = {p3:Int64} AND e = {p4:Bool} AND f IN {p5:Array(String)}',
      { p0: 'x', p1: 3, p2: 2.5, p3: 7n, p4: true, p5: ['y', 'z'] },
    ]);
  });

  it('never inserts a value into the text', () => {
    const [text, parameters] = compile(sql`SELECT ${"'; DROP TABLE spans; --"}`);
    expect(text).toBe('SELECT {p0:String}');
    expect(parameters).toEqual({ p0: "'; DROP TABLE spans; --" });
  });

  it('nests fragments and shares equal values', () => {
    const mine = sql`project = ${'p'}`;
    expect(
      compile(
        sql`SELECT * FROM (SELECT 1 WHERE ${mine}) WHERE ${and([mine, sql`x = ${1}`, sql`y = ${'1'}`])}`,
      ),
    ).toEqual([
      'SELECT * FROM (SELECT 1 WHERE project = {p0:String}) WHERE (project = {p0:String}) AND (x = {p1:Int64}) AND (y = {p2:String})',
      { p0: 'p', p1: 1, p2: '1' },
    ]);
  });

  it('joins lists, including empty ones', () => {
    expect(compile(join([sql`a`, sql`${1}`, sql`b`], ', '))).toEqual(['a, {p0:Int64}, b', { p0: 1 }]);
    expect(compile(and([]))).toEqual(['1', {}]);
    expect(compile(join([], ', '))).toEqual(['', {}]);
  });

  it('accepts raw text only through unsafeRawSql, and times as nanoseconds', () => {
    expect(compile(sql`ORDER BY ${unsafeRawSql('start DESC')}`)).toEqual(['ORDER BY start DESC', {}]);
    expect(compile(time(5n))).toEqual(["fromUnixTimestamp64Nano({p0:Int64}, 'UTC')", { p0: 5n }]);
  });
});
