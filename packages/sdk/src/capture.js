import { toText } from './serialize.ts';
/** The one door that every attribute of a span passes. Plain values go through, lazy ones are decided about. */
export function setAttributes(otel, attributes, config, source) {
    for (const key in attributes) {
        const value = attributes[key];
        if (value === undefined || value === null)
            continue;
        if (typeof value !== 'object' || Array.isArray(value))
            otel.setAttribute(key, value);
        else if ('input' in value)
            setContent(otel, key, 'input', value.input, config, source);
        else if ('output' in value)
            setContent(otel, key, 'output', value.output, config, source);
        else if ('always' in value)
            setContent(otel, key, 'always', value.always, config, source);
    }
}
/** One content attribute. `value`: what to record, or a function that makes it and is called only if it is recorded. */
export function setContent(otel, key, direction, value, config, source, convert) {
    if (direction !== 'always' && !capturesContent(direction, config, source))
        return;
    const made = typeof value === 'function' ? value() : value;
    const info = config.mask === undefined ? undefined : source.info();
    const text = contentText(key, convert === undefined ? made : convert(made), config, info);
    if (text !== undefined)
        otel.setAttribute(key, text);
}
/** Whether content of a direction would be recorded for a span: to spare the work of collecting it. */
export function capturesContent(direction, config, source) {
    if (!config[direction])
        return false;
    const { off } = config;
    if (off === null)
        return true;
    const { kind, feature } = source.info();
    return !off.kinds.has(kind) && !(feature !== undefined && off.features.has(feature));
}
/** A content value as the text that is sent: masked, media kept or dropped, within the size limit. */
export function contentText(key, value, config, info) {
    if (config.mask === undefined)
        return toText(value, config.limits);
    return toText(value, {
        ...config.limits,
        mask: (text) => masked(text, key, config, info),
    });
}
/** A short text that is not content, e.g. a user id, as the mask wants it. */
export function masked(text, key, { mask }, info) {
    if (mask === undefined)
        return text;
    try {
        return String(mask(text, key, info));
    }
    catch {
        return '[mask failed]';
    }
}
